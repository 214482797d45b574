// Pages that can be played, in a real browser: another turn, up to a finding, saved as a replay that the program plays.
// `scripts/browser.sh` runs it.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { statSync } = require('node:fs');
const { join } = require('node:path');
const { axe, launched, opener, pages, close } = require('./page.js');

let browser, open;

before(async () => {
  browser = await launched();
  open = opener(browser, pages);
});
after(() => browser?.close());

// Plays what is called so at the event that is selected, or at the first after it where it is possible.
async function play(page, label) {
  for (let steps = 0; steps < 100; steps++) {
    const turn = page.locator('#play').getByRole('button', { name: label });
    if (await turn.count()) {
      const parts = await page.locator('#part option').count();
      await turn.first().click();
      await page.waitForFunction((had) => document.querySelectorAll('#part option').length > had, parts);
      return;
    }
    await page.locator('#timeline').press('ArrowDown');
  }
  assert.fail(`${label} was never possible`);
}

// Saves the order that is shown, and gives what `mapisim replay` says of it.
async function replayed(page, name) {
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save this order as a replay' }).click();
  const file = join(pages, name);
  await (await saved).saveAs(file);
  return spawnSync(process.env.MAPISIM, ['replay', file], { encoding: 'utf8' });
}

test('a page that can be played has at most 2 MB, and loads nothing', async () => {
  assert.ok(statSync(join(pages, 'played.html')).size <= 2 << 20);
  const page = await open('played.html');
  await page.locator('#play li').first().waitFor();
  assert.match(await page.locator('#play').innerText(), /Turn \d+ of \d+\. One of these could go next:/);
  await close(page);
});

test('another turn is played at a failure, and saved as a replay in which nothing fails', async () => {
  const page = await open('played.html');
  await page.locator('#play li').first().waitFor();
  assert.equal((await replayed(page, 'same.toml')).status, 1);
  await page.locator('#timeline').press('Home');
  await play(page, 'Advise');
  assert.match(await page.locator('#notes').innerText(), /Nothing goes wrong in this order\./);
  const { status, stdout } = await replayed(page, 'passes.toml');
  assert.match(stdout, /nothing fails/);
  assert.equal(status, 0);
  await close(page);
});

test('a run is played turn by turn up to a finding', async () => {
  const page = await open('played-run.html');
  await page.getByRole('button', { name: 'Play it in turns' }).click();
  await page.locator('#play li').first().waitFor();
  await page.locator('#timeline').press('Home');
  await play(page, 'host 1 work-offline');
  // It reads the state now, and the user goes online again before it advises.
  await page.locator('#timeline').press('Home');
  for (let step = 0; step < 100 && !/GetCurrentState/.test(await page.locator('#event h2').first().innerText()); step++) await page.locator('#timeline').press('ArrowDown');
  await page.locator('#timeline').press('ArrowDown');
  await play(page, 'host 2 work-online');
  assert.match(await page.locator('#notes').innerText(), /In this order there is stale-belief\./);
  assert.match(await page.locator('#found').innerText(), /error/);
  const { status, stdout } = await replayed(page, 'found.toml');
  assert.match(stdout, /stale-belief shows/);
  assert.equal(status, 1);
  await close(page);
});

test('the choice of turns is accessible, in both themes', async () => {
  for (const theme of ['light', 'dark']) {
    const page = await open('played.html', { theme });
    await page.locator('#play li').first().waitFor();
    const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] })`);
    assert.deepEqual(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), []);
    await close(page);
  }
});
