// The timeline page in a real browser: what a reader does with it. `scripts/browser.sh` runs it, with pages of
// scenarios that the program has written.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { axe, launched, opener, pages, settled, close } = require('./page.js');

let browser, open;

before(async () => {
  browser = await launched();
  open = opener(browser, pages);
});
after(() => browser?.close());

const event = (page) => page.locator('#event').innerText();

test('a failure is selected when the page opens, with its rule, its basis and the lines of the scenario', async () => {
  const page = await open('explored.html');
  assert.match(await page.locator('h1').innerText(), /A provider reads the state before it advises/);
  assert.match(await page.locator('#verdict').innerText(), /✗ 1 finding in 10,000 schedules/);
  const about = await event(page);
  assert.match(about, /error stale-belief/);
  assert.match(about, /Rule NOTE-8: The notifications of one registration/);
  assert.match(about, /Basis: chosen by this project/);
  assert.match(about, /reads-then-advises\.toml:34/);
  assert.match(about, /call = "GetCurrentState"/);
  await close(page);
});

test('a notification is found, and what asked for it', async () => {
  const page = await open('racing.html');
  await page.keyboard.press('/');
  await page.keyboard.type('start');
  await page.keyboard.press('Enter');
  assert.match(await page.locator('#matches').innerText(), /3 matches/);
  assert.match(await event(page), /START ONLINE→OFFLINE/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  assert.match(await event(page), /SetCurrentState\(OFFLINE, BLOCK\)[^]*Who\s+a\s/);
  await close(page);
});

test('what is preceded by something else is found', async () => {
  const page = await open('racing.html');
  await page.fill('#find', 'Unadvise');
  const all = await page.locator('#matches').innerText();
  await page.fill('#before', 'server-lost');
  assert.equal(await page.locator('#matches').innerText(), all);
  await page.fill('#before', 'E_PENDING');
  await page.check('#same');
  assert.equal(await page.locator('#matches').innerText(), '1 match');
  await close(page);
});

test('arrow keys step, and what changed is marked', async () => {
  const page = await open('racing.html');
  await page.focus('#timeline');
  await page.keyboard.press('Home');
  const first = await event(page);
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await event(page), first);
  await page.keyboard.press('ArrowUp');
  assert.equal(await event(page), first);
  await page.fill('#find', 'Work: ONLINE→OFFLINE');
  await page.keyboard.press('Enter');
  const changed = page.locator('#event tr.changed', { hasText: 'Work: state' });
  assert.match(await changed.innerText(), /Work: state\s+–\s+OFFLINE/);
  assert.match(await changed.locator('td').last().evaluate((cell) => getComputedStyle(cell, '::before').content), /▲/);
  assert.match(await page.locator('#said').textContent(), /Event \d+, 31\.000 ms, Work/);
  await close(page);
});

test('filters hide lanes, kinds and calls', async () => {
  const page = await open('racing.html');
  await page.click('[data-view="table"]');
  const rows = page.locator('#events tbody tr');
  const all = await rows.count();
  await page.click('#filters summary');
  const fields = page.locator('#filter-fields');
  await fields.getByLabel('notifications', { exact: true }).uncheck();
  assert.equal(await rows.filter({ hasText: '◂' }).count(), 0);
  assert.equal(await rows.count(), all - 9);
  await fields.getByLabel('Advise', { exact: true }).uncheck();
  assert.equal(await rows.filter({ hasText: /▸\s+Advise/ }).count(), 0);
  await fields.getByLabel('c', { exact: true }).uncheck();
  assert.equal(await rows.filter({ has: page.locator('td:nth-child(3):text-is("c")') }).count(), 0);
  await close(page);
});

test('a link leads to an event', async () => {
  const page = await open('racing.html', { hash: '#recording=0&event=18' });
  assert.match(await event(page), /SetCurrentState\(OFFLINE, BLOCK\)[^]*Event\s+18, call/);
  await page.keyboard.press('ArrowDown');
  assert.match(page.url(), /#recording=0&event=19$/);
  await close(page);
});

test('events have the numbers that findings and traces have, and a call that a finding names is a link', async () => {
  const page = await open('explored.html');
  await page.click('#event h2 button:has-text("call 7")');
  assert.match(await event(page), /GetCurrentState[^]*Event\s+7, call/);
  assert.match(page.url(), /&event=7$/);
  await page.click('[data-view="table"]');
  const numbers = await page.locator('#events tbody td:first-child').allInnerTexts();
  const decision = numbers.indexOf('decision');
  assert.deepEqual(numbers.slice(decision - 1, decision + 2), ['9', 'decision', '10']);
  await page.locator('#events').getByRole('button', { name: 'decision' }).click();
  const link = new URL(page.url()).hash;
  assert.match(link, /&event=\d+\.1$/);
  await close(page);
  const there = await open('explored.html', { hash: link });
  assert.match(await event(there), /this decides it[^]*Event\s+decision/);
  await there.fill('#find', 'call 10');
  await there.keyboard.press('Enter');
  assert.match(await event(there), /Advise[^]*Event\s+10, call/);
  await close(there);
});

test('the order that fails stands beside the nearest one that passes', async () => {
  const page = await open('explored.html');
  await page.click('[data-view="orders"]');
  assert.match(await page.locator('#orders-about').innerText(), /the same up to turn \d+/);
  const first = page.locator('#orders tr.first');
  assert.equal(await first.count(), 1);
  assert.match(await first.innerText(), /first difference ▶[^]*STATECHANGE_DONE/);
  assert.equal(await page.locator('#orders tr', { hasText: 'error stale-belief' }).locator('td.none').count(), 1);
  await close(page);
});

test('an [[always]] that does not hold has a mark that the list of findings leads to', async () => {
  const page = await open('always.html');
  const mark = page.locator('#found .finding', { hasText: /✗ \[\[always\]\] in line 69/ });
  await page.locator('#timeline').press('Home');
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  assert.equal(await mark.getAttribute('aria-current'), 'true');
  await page.locator('#timeline').press('Home');
  await mark.click();
  assert.match(await event(page), /\[\[always\]\] in line 69: notifications of sync\.main[^]*unadvise-of-another\.toml:69[^]*registration = "main"/);
  await page.click('[data-view="table"]');
  assert.equal(await page.locator('#events tr.error', { hasText: '✗ ' }).count(), 1);
  await close(page);
});

test('an Unadvise says whose registration it is, and leads to its Advise', async () => {
  const page = await open('always.html');
  await page.fill('#find', 'Unadvise(advise_token=2) sync.main');
  await page.keyboard.press('Enter');
  for (let before = 0; before < 2; before++) await page.click('#match-before');
  assert.match(await event(page), /Registration\s+advise token 2 of sync\.main, from call 10 \(Advise\)/);
  await page.click('#event .details button:has-text("call 10")');
  assert.match(await event(page), /Advise\(main\)[^]*Event\s+10, call/);
  await close(page);
});

test('the order that passes is a recording that can be chosen, and its rows in both orders lead there', async () => {
  const page = await open('always.html');
  const options = await page.locator('#part option').allInnerTexts();
  assert.match(options.join('\n'), /^✗ \[\[always\]\][^\n]*\n✓ The nearest order that passes, beside: \[\[always\]\]/);
  await page.selectOption('#part', { index: 1 });
  assert.match(await page.locator('#notes').innerText(), /Both orders are the same up to turn 3/);
  assert.equal(await page.locator('#found .finding', { hasText: '✗' }).count(), 0);
  await page.click('[data-view="orders"]');
  assert.match(await page.locator('#orders tr.first').innerText(), /first difference/);
  await page.locator('#orders tr.first td').nth(1).getByRole('button').click();
  assert.equal(await page.locator('#part').inputValue(), '0');
  await page.click('[data-view="orders"]');
  await page.locator('#orders tbody tr', { hasNot: page.locator('td.none') }).last().locator('td').nth(2).getByRole('button').click();
  assert.equal(await page.locator('#part').inputValue(), '1');
  await page.reload();
  assert.equal(await page.locator('#part').inputValue(), '1');
  await close(page);
});

test('what is said of a notification is readable in both widths', async () => {
  for (const width of [1280, 480]) {
    const page = await open('racing.html', { width, hash: '#recording=0&event=22' });
    assert.match(await event(page), /START ONLINE→OFFLINE[^]*Event\s+22, notification/);
    // None of the labels breaks.
    const lines = await page.locator('#event .details th').evaluateAll((all) => all.map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return range.getClientRects().length;
    }));
    assert.deepEqual(lines, lines.map(() => 1), `${width} wide`);
    const side = await page.locator('#side').evaluate((one) => one.scrollWidth - one.clientWidth);
    assert.equal(side, 0);
    await close(page);
  }
});

test('a client that acts on several threads has a lane for each', async () => {
  const page = await open('threads.html');
  await page.click('#filters summary');
  const lanes = await page.locator('#filter-fields fieldset', { hasText: 'Lanes' }).locator('label').allInnerTexts();
  assert.ok(lanes.includes('client (main)'), lanes.join(', '));
  assert.ok(lanes.filter((lane) => lane.startsWith('client (')).length >= 2, lanes.join(', '));
  await page.click('#filters summary');
  await page.fill('#find', 'STATECHANGE_DONE');
  await page.keyboard.press('Enter');
  assert.doesNotMatch(await event(page), /Thread\s+main/);
  await close(page);
  // Where a client has one thread, its lane has no other name than its own.
  const other = await open('racing.html');
  assert.equal(await other.locator('#filter-fields label', { hasText: '(' }).filter({ hasNotText: /^[A-Z]/ }).count(), 0);
  await close(other);
});

const libraries = { skip: !process.env.LIBRARIES && 'no client libraries could be compiled' };

test('the failure of a client library stands beside an order that passes, and its calls are links', libraries, async () => {
  const page = await open('planted.html');
  assert.match(await event(page), /error stale-belief/);
  await page.locator('#event h2 button').first().click();
  assert.match(await event(page), /GetCurrentState[^]*Who\s+planted/);
  await page.click('[data-view="orders"]');
  assert.equal(await page.locator('#orders tr.first').count(), 1);
  await close(page);
});

test('a crash of a client library is told with where it was, and with what was found before', libraries, async () => {
  const page = await open('faulty.html');
  const options = await page.locator('#part option').allInnerTexts();
  assert.ok(options.some((option) => option.startsWith('✗ crashed of faulty')), options.join('\n'));
  assert.ok(options.some((option) => option.startsWith('✗ over-release of faulty')), options.join('\n'));
  await page.selectOption('#part', { index: options.findIndex((option) => option.startsWith('✗ crashed')) });
  assert.match(await page.locator('#found').innerText(), /error crashed of faulty: SIGSEGV/);
  assert.match(await page.locator('#notes').innerText(), /The client ends its process\. The recording ends there\./);
  await page.click('[data-view="table"]');
  assert.equal(await page.locator('#events tr', { hasText: '■ disconnect faulty' }).count(), 1);
  await close(page);
});

test('pages of client libraries and threads are usable without seeing them', async () => {
  const names = process.env.LIBRARIES ? ['threads.html', 'planted.html', 'faulty.html'] : ['threads.html'];
  for (const name of names) {
    for (const theme of ['light', 'dark']) {
      for (const view of ['timeline', 'table']) await isAccessible(name, theme, view);
    }
  }
});

test('names and texts are shown, and are no markup', async () => {
  const page = await open('hostile.html');
  await page.click('[data-view="table"]');
  assert.equal(await page.locator('img, b, script:not([type]) ~ script').count(), 0);
  const name = '<img src=x onerror=window.wrong=1>';
  assert.equal(await page.locator('#events td:nth-child(3)', { hasText: name }).count() > 0, true);
  assert.match(await page.locator('h1').innerText(), /<\/title><b>bold<\/b>/);
  assert.equal(await page.title(), '</title><b>bold</b> <!-- -->');
  assert.equal(await page.evaluate(() => window.wrong), undefined);
  await close(page);
});

async function isAccessible(name, theme, view) {
  const page = await open(name, { theme });
  await page.click(`[data-view="${view}"]`);
  // The policy of the page lets no script in but its own; a tester's comes from outside of it.
  const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] })`);
  const violations = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ').slice(0, 300)}`);
  assert.deepEqual(violations, [], `${name}, ${theme}, ${view}`);
  await close(page);
}

test('the page is usable without seeing it, in both themes and in every view', async () => {
  for (const name of ['explored.html', 'always.html']) {
    for (const theme of ['light', 'dark']) {
      for (const view of ['timeline', 'table', 'orders']) await isAccessible(name, theme, view);
    }
  }
});

// How much of two pictures differs, from 0 to 1: counted by the browser, which reads PNG.
async function difference(one, other) {
  const page = await browser.newPage();
  const part = await page.evaluate(async (pictures) => {
    const read = async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
      pen.drawImage(image, 0, 0);
      return pen.getImageData(0, 0, image.width, image.height);
    };
    const [a, b] = await Promise.all(pictures.map(read));
    if (a.width !== b.width || a.height !== b.height) return 1;
    let count = 0;
    for (let at = 0; at < a.data.length; at += 4) {
      const most = Math.max(...[0, 1, 2].map((channel) => Math.abs(a.data[at + channel] - b.data[at + channel])));
      if (most > 48) count++;
    }
    return count / (a.data.length / 4);
  }, [one, other].map((picture) => picture.toString('base64')));
  await page.close();
  return part;
}

for (const theme of ['light', 'dark']) {
  for (const [width, height] of [[1280, 800], [480, 900]]) {
    test(`the page looks as it did, ${theme} and ${width} wide`, async () => {
      const page = await open('explored.html', { width, height, theme });
      const picture = await page.screenshot();
      const path = join(__dirname, 'pictures', `${theme}-${width}.png`);
      if (process.env.UPDATE_PICTURES || !existsSync(path)) writeFileSync(path, picture);
      const differs = await difference(picture, readFileSync(path));
      writeFileSync(join(pages, `${theme}-${width}.png`), picture);
      // Fonts are not drawn alike everywhere.
      assert.ok(differs < 0.02, `${(100 * differs).toFixed(2)} % differs from ${path}; look at ${pages}`);
      await close(page);
    });
  }
}

// Frames a second while `move` is called before each, for so many of them.
const framesASecond = (page, move, frames) => page.evaluate(([code, frames]) => new Promise((done) => {
  const move = new Function(code);
  let left = frames;
  const begin = performance.now();
  const next = () => {
    if (left-- === 0) return done((1000 * frames) / (performance.now() - begin));
    move();
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}), [move, frames]);

// How fast that is depends on what else the machine does: it is said, and not asserted.
test('100,000 events are shown and panned', async () => {
  // From the beginning to the first picture of the timeline, as the browser itself counts; the best of three, for others work here too.
  let visible = Infinity, page;
  for (let time = 0; time < 3; time++) {
    await page?.close();
    page = await open('many.html');
    visible = Math.min(visible, await page.evaluate(() => performance.getEntriesByName('shown')[0].startTime));
  }
  assert.ok(Number(/of (\d+)/.exec(await event(page))[1]) >= 100_000);
  const empty = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await empty.setContent('<canvas id="c" width="880" height="700"></canvas>');
  const best = await framesASecond(empty, "const c = document.getElementById('c').getContext('2d'); c.fillStyle = '#fff'; c.fillRect(0, 0, 880, 700);", 60);
  await empty.close();
  await page.bringToFront();
  const wheel = "document.getElementById('timeline').dispatchEvent(new WheelEvent('wheel', { deltaY: 700, cancelable: true }));";
  const panned = await framesASecond(page, wheel, 90);
  await page.keyboard.press('0');
  await settled(page);
  const zoomed = await framesASecond(page, wheel.replace('700', '3'), 60);
  console.log(`100,000 events: visible after ${visible.toFixed(0)} ms; ${panned.toFixed(0)} frames a second while panning, ` +
    `${zoomed.toFixed(0)} with everything in sight, ${best.toFixed(0)} of an empty canvas`);
  assert.ok(visible > 0 && panned > 0 && zoomed > 0);
  await close(page);
});
