// The module that a timeline page plays, under node: it gives the same traces and pages as the same code does natively, for
// all scenarios of the fixtures. `scripts/browser.sh` says in MODULES which modules there are: the one that the program
// has, and one built anew where that can be done; and in ANSWERS the program that answers natively.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { gunzipSync } = require('node:zlib');

const folders = ['fixtures/scenarios', 'fixtures/exploring'];
const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.toml')).map((name) => join(folder, name)));

// Each scenario as its file says, in free order, and with another turn in place of each of the first ten; of those that go
// round for a long time in place of the first.
function requestsOf(name, answer) {
  const text = readFileSync(name, 'utf8'), whole = { name, text, trace: true };
  const { turns, error } = JSON.parse(answer(whole));
  if (error) return [{ ...whole, run: true }, whole];
  const labels = turns.map(({ possible, chosen }) => possible[chosen]);
  const others = turns.slice(0, turns.length > 500 ? 1 : 10).map(({ possible }, turn) => ({ ...whole, schedule: [...labels.slice(0, turn), possible.at(-1)] }));
  return [{ ...whole, run: true }, whole, ...others];
}

function answering({ exports: module }) {
  return (request) => {
    const bytes = new TextEncoder().encode(JSON.stringify(request)), at = module.request(bytes.length);
    new Uint8Array(module.memory.buffer, at, bytes.length).set(bytes);
    const length = module.answer(), from = module.answer_bytes();
    return new TextDecoder().decode(new Uint8Array(module.memory.buffer, from, length));
  };
}

for (const file of process.env.MODULES.split(':')) {
  test(`${file} answers as the program does`, async () => {
    const { instance } = await WebAssembly.instantiate(gunzipSync(readFileSync(file)), {});
    const answer = answering(instance);
    const requests = files.flatMap((name) => requestsOf(name, answer));
    const native = spawnSync(process.env.ANSWERS, { input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''), maxBuffer: 1 << 30 });
    assert.equal(native.status, 0, String(native.stderr));
    const answers = native.stdout.toString().trimEnd().split('\n');
    assert.equal(answers.length, requests.length);
    requests.forEach((request, number) => {
      const what = `${request.name}, ${request.run ? 'run' : JSON.stringify(request.schedule ?? [])}`;
      assert.equal(answer(request), answers[number], what);
    });
    const events = answers.map((one) => JSON.parse(one)).reduce((sum, { trace }) => sum + (trace ? trace.split('\n').length - 1 : 0), 0);
    console.log(`${files.length} scenarios, ${requests.length} requests, ${events} events`);
    assert.ok(files.length > 40 && events > 100_000);
  });
}
