// Pages of the timeline, opened in a browser from the disk.
'use strict';
const assert = require('node:assert/strict');
const { join } = require('node:path');
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

// The folder that they are in.
const pages = process.env.PAGES;
// What checks accessibility, to be run in a page.
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const launched = () => chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--force-device-scale-factor=1'] });

const settled = (page) => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));

// A function that opens a page of the folder. The page may ask for nothing else, and nothing may go wrong in it.
const opener = (browser, pages) => async (name, { width = 1280, height = 800, theme = 'light', hash = '' } = {}) => {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
  page.wrong = [];
  page.on('pageerror', (error) => page.wrong.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error') page.wrong.push(message.text()); });
  page.on('request', (request) => {
    const own = ['file:', 'blob:'].some((scheme) => request.url().startsWith(scheme));
    if (!own || (request.url().startsWith('file:') && !request.url().includes(name))) page.wrong.push(request.url());
  });
  await page.goto(pathToFileURL(join(pages, name)).href + hash);
  await settled(page);
  return page;
};

async function close(page) {
  assert.deepEqual(page.wrong, []);
  await page.close();
}

module.exports = { axe, launched, opener, pages, settled, close };
