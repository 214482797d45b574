// The timeline page. All names and texts are data: they are shown as text, and never become markup.
'use strict';
(() => {
const $ = (id) => document.getElementById(id);
const data = JSON.parse($('data').textContent);

// ---------------------------------------------------------------------------------------------------------------
// A recording: columns of numbers, unpacked from the bytes that `packed.rs` writes.

const CALL = 0, RETURN = 1, NOTIFY = 2, NOTIFIED = 3, STATE = 4, RELEASE = 5, FINDING = 6, HOST = 7, SKIPPED = 8, DECISION = 9, UNMET = 11;
const SIGNS = ['▸', '↩', '◂', '◃', '◆', '·', '●', '■', '▹', '◇', '○', '✗'];
const KINDS = ['call', 'return', 'notification', 'end of a notification', 'change of state', 'release of a callback', 'finding',
  'host', 'skipped', 'decision', 'event', 'what did not hold'];
// How many events lie between two places at which what is open, and how things stand, is known.
const CHECKPOINT = 512;

function unpack(packed) {
  const binary = atob(packed.events), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  const n = packed.count;
  const rec = {
    n, texts: packed.texts, lanes: packed.lanes, threads: packed.threads, findings: packed.findings,
    kind: new Uint8Array(n), time: new Float64Array(n), lane: new Uint32Array(n), thread: new Uint32Array(n),
    text: new Uint32Array(n), result: new Uint32Array(n), full: new Uint32Array(n), begun: new Int32Array(n).fill(-1),
    cause: new Int32Array(n).fill(-1), line: new Uint32Array(n), object: new Int32Array(n).fill(-1),
    round: new Uint32Array(n), extra: new Uint32Array(n), end: new Int32Array(n).fill(-1),
    factsAt: new Uint32Array(n + 1), facts: [], number: new Int32Array(n).fill(-1),
  };
  let at = 0;
  const number = () => {
    let value = 0, scale = 1, byte;
    do { byte = bytes[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte & 128);
    return value;
  };
  let time = 0, expected = 0;
  for (let i = 0; i < n; i++) {
    rec.kind[i] = bytes[at++];
    const present = number();
    const field = (place) => (present >> place & 1 ? number() : 0);
    rec.lane[i] = number();
    rec.text[i] = number();
    time += field(0);
    rec.time[i] = time;
    rec.thread[i] = field(1);
    rec.result[i] = field(2);
    rec.full[i] = field(3);
    const begun = field(4), cause = field(5);
    if (begun) { rec.begun[i] = i - begun; rec.end[i - begun] = i; }
    if (cause) rec.cause[i] = i - cause;
    rec.line[i] = field(6);
    rec.object[i] = field(7) - 1;
    rec.round[i] = field(8);
    rec.extra[i] = field(9);
    const facts = field(10), leftOut = field(11);
    if (leftOut !== 1) { rec.number[i] = expected + Math.max(0, leftOut - 1); expected = rec.number[i] + 1; }
    rec.factsAt[i] = rec.facts.length / 2;
    for (let fact = 0; fact < 2 * facts; fact++) rec.facts.push(number());
  }
  rec.factsAt[n] = rec.facts.length / 2;
  return arrange(rec);
}

// Adds what follows from the events: how deep each is nested, which returns belong to the row of their call, the
// columns, and where states and transitions begin and end.
function arrange(rec) {
  const { n, kind } = rec;
  rec.depth = new Uint16Array(n);
  rec.merged = new Uint8Array(n);
  rec.shown = new Int32Array(n).fill(-1);
  rec.column = new Uint32Array(n);
  const columns = [], known = new Map();
  const rank = { host: 0, object: 1, client: 2 };
  // A client that acts on several threads has a lane for each of them.
  const threadsOf = rec.lanes.map(() => new Set());
  for (let i = 0; i < n; i++) threadsOf[rec.lane[i]].add(rec.thread[i]);
  for (let i = 0; i < n; i++) {
    const lane = rec.lane[i], [what, name] = rec.lanes[lane];
    const thread = what === 'client' && threadsOf[lane].size > 1 ? rec.thread[i] : -1;
    const key = lane * 4096 + thread + 1;
    if (!known.has(key)) {
      known.set(key, columns.length);
      const title = rec.texts[name] + (thread < 0 ? '' : ` (${rec.texts[rec.threads[thread]]})`);
      columns.push({ kind: what, title, lane, order: rank[what] * 1e6 + lane * 1e3 + thread + 1, states: [], rounds: [] });
    }
    rec.column[i] = known.get(key);
  }
  const order = columns.map((_, place) => place).sort((a, b) => columns[a].order - columns[b].order);
  const placed = new Uint32Array(columns.length);
  order.forEach((from, to) => { placed[from] = to; });
  rec.columns = order.map((place) => columns[place]);
  const open = new Uint16Array(columns.length);
  let solid = -1;
  for (let i = 0; i < n; i++) {
    const column = rec.column[i] = placed[rec.column[i]];
    if (kind[i] === RETURN && rec.begun[i] >= 0 && rec.begun[i] === solid) {
      rec.merged[i] = 1;
      rec.shown[rec.begun[i]] = i;
    }
    if (kind[i] !== RELEASE && kind[i] !== FINDING) solid = i;
    if (rec.begun[i] >= 0) open[rec.column[rec.begun[i]]]--;
    rec.depth[i] = rec.begun[i] >= 0 ? rec.depth[rec.begun[i]] : open[column];
    if (kind[i] === CALL || kind[i] === NOTIFY) open[column]++;
  }
  return bands(rec);
}

function bands(rec) {
  const ofLane = new Map(rec.columns.map((column) => [column.lane, column]));
  const rounds = new Map();
  for (let i = 0; i < rec.n; i++) {
    if (rec.kind[i] === STATE) ofLane.get(rec.object[i])?.states.push([i, rec.texts[rec.extra[i]]]);
    if (rec.round[i] && rec.cause[i] >= 0) {
      const round = rounds.get(rec.round[i]) ?? { first: i, object: rec.object[i] };
      round.last = i;
      rounds.set(rec.round[i], round);
    }
  }
  for (const round of rounds.values()) ofLane.get(round.object)?.rounds.push(round);
  // What is open at each checkpoint.
  rec.openAt = [];
  const open = new Set();
  for (let i = 0; i < rec.n; i++) {
    if (i % CHECKPOINT === 0) rec.openAt.push([...open]);
    if (rec.begun[i] >= 0) open.delete(rec.begun[i]);
    if (rec.end[i] >= 0) open.add(i);
  }
  return rec;
}

// The calls and notifications that are open just before an event.
function openBefore(rec, event) {
  const from = Math.floor(event / CHECKPOINT);
  const open = new Set(rec.openAt[from]);
  for (let i = from * CHECKPOINT; i < event; i++) {
    if (rec.begun[i] >= 0) open.delete(rec.begun[i]);
    if (rec.end[i] >= 0) open.add(i);
  }
  return open;
}

// How things stand just before an event: a map from names to values, both by number.
function factsBefore(rec, event) {
  rec.standing ??= [new Map()];
  const to = Math.floor(event / CHECKPOINT);
  while (rec.standing.length <= to) {
    const from = rec.standing.length - 1, facts = new Map(rec.standing[from]);
    apply(rec, facts, from * CHECKPOINT, (from + 1) * CHECKPOINT);
    rec.standing.push(facts);
  }
  const facts = new Map(rec.standing[to]);
  apply(rec, facts, to * CHECKPOINT, event);
  return facts;
}

function apply(rec, facts, from, to) {
  for (let fact = rec.factsAt[from]; fact < rec.factsAt[Math.min(to, rec.n)]; fact++) {
    facts.set(rec.facts[2 * fact], rec.facts[2 * fact + 1]);
  }
}

const text = (rec, number) => rec.texts[number] ?? '';
const who = (rec, i) => rec.columns[rec.column[i]].title;
const milliseconds = (micros) => `${Math.floor(micros / 1000)}.${String(micros % 1000).padStart(3, '0')} ms`;

// The result of a call that stands in its row.
function resultOf(rec, i) {
  if (rec.kind[i] === CALL && rec.shown[i] >= 0) return text(rec, rec.result[rec.shown[i]]);
  return rec.kind[i] === RETURN ? text(rec, rec.result[i]) : '';
}

function severityOf(rec, i) {
  return rec.kind[i] === FINDING ? rec.findings[rec.extra[i] - 1]?.[1] ?? 'note' : '';
}

// The event of a number, as traces and findings count them; undefined of none.
function ofNumber(rec, number) {
  rec.numbered ??= new Map(Array.from(rec.number, (own, i) => [own, i]));
  return number < 0 ? undefined : rec.numbered.get(number);
}

// The number of an event, or of one without a number what it is.
const called = (rec, i) => (rec.number[i] < 0 ? KINDS[rec.kind[i]] : String(rec.number[i]));

// What a link calls an event: its number, or 13.1 for the first without a number behind that of number 13.
function linkOf(rec, i) {
  let behind = 0;
  for (; i >= 0 && rec.number[i] < 0; i--) behind++;
  return `${i < 0 ? '' : rec.number[i]}${behind ? `.${behind}` : ''}`;
}

function ofLink(rec, link) {
  const [, number, behind] = /^(\d*)(?:\.(\d+))?$/.exec(link) ?? [];
  const from = number === '' ? -1 : ofNumber(rec, Number(number ?? NaN));
  return from === undefined ? -1 : from + Number(behind ?? 0);
}

// How much an event weighs: what did not hold weighs as much as an error.
const weightOf = (rec, i) => (rec.kind[i] === UNMET ? 'error' : severityOf(rec, i));

// Whether something was found here, or something did not hold.
const isFound = (rec, i) => rec.kind[i] === FINDING || rec.kind[i] === UNMET;

// What an event says, in one line.
function sentence(rec, i) {
  const severity = severityOf(rec, i), result = resultOf(rec, i);
  const registration = rec.kind[i] === NOTIFY && rec.result[i] ? ` (${text(rec, rec.result[i])})` : '';
  return `${severity && `${severity} `}${text(rec, rec.text[i])}${registration}${result && ` → ${result}`}`;
}

// ---------------------------------------------------------------------------------------------------------------
// What is shown: which recording, which of its events, and the one that is selected.

// The nearest order that passes is a recording too, behind those that the page has: whoever has a link to one of these
// finds it at the same place.
data.parts.slice().forEach((one, beside) => {
  if (!one.other) return;
  const { about, recording } = one.other;
  one.passing = data.parts.length;
  const name = `The nearest order that passes, beside: ${one.name}`;
  data.parts.push({ name, ok: true, notes: [about], marks: [], source: one.source, recording, beside });
});
const recordings = data.parts.map(() => null);
const state = {
  part: 0, rec: null, rows: new Int32Array(0), rowOf: new Int32Array(0), selected: -1, view: 'timeline',
  height: 22, scroll: 0, across: 0, matches: null, lanesOff: new Set(), kindsOff: new Set(), callsOff: new Set(), ends: false,
};

function part() { return data.parts[state.part]; }

const recordingOf = (number) => recordings[number] ??= unpack(data.parts[number].recording);

// The two recordings that `Two orders` shows: the one that fails and the one that passes.
function twoOrders() {
  const failing = part().beside ?? state.part;
  return [failing, data.parts[failing].passing];
}

// Shows a recording, and of it the event that `find` finds, or the first error.
function choose(number, find = () => -1) {
  state.part = Math.max(0, Math.min(number, data.parts.length - 1));
  state.rec = recordingOf(state.part);
  state.selected = -1;
  state.lanesOff.clear();
  state.callsOff.clear();
  state.kindsOff.clear();
  state.across = 0;
  state.scroll = 0;
  state.height = 22;
  $('part').value = String(state.part);
  const [, passing] = twoOrders();
  document.querySelector('[data-view="orders"]').hidden = passing === undefined;
  if (state.view === 'orders' && passing === undefined) show('timeline');
  makeFilters();
  filter();
  showFound();
  const first = state.rows.length ? state.rows[0] : -1, event = find(state.rec);
  select(event >= 0 && event < state.rec.n ? event : interesting() ?? first, event >= 0 || interesting() !== null);
  if (state.view === 'orders') showOrders();
}

// The first error, or else nothing in particular.
function interesting() {
  const { rec } = state;
  for (let i = 0; i < rec.n; i++) if (weightOf(rec, i) === 'error') return i;
  return null;
}

// Which events have a row. What is left out lies in the row before it.
function filter() {
  const { rec } = state, rows = [];
  state.rowOf = new Int32Array(rec.n);
  for (let i = 0; i < rec.n; i++) {
    if (isShown(rec, i)) rows.push(i);
    state.rowOf[i] = rows.length - 1;
  }
  state.rows = Int32Array.from(rows);
  const isActive = state.lanesOff.size || state.kindsOff.size || state.callsOff.size || state.ends;
  $('filters').classList.toggle('active', Boolean(isActive));
  search();
  overview.isStale = true;
  draw();
  if (state.view === 'table') showTable();
}

function isShown(rec, i) {
  const kind = rec.kind[i];
  if (!state.ends && (rec.merged[i] || kind === NOTIFIED)) return false;
  if (kind === DECISION) return true;
  if (state.lanesOff.has(rec.column[i])) return false;
  const group = { [RETURN]: CALL, [SKIPPED]: CALL, [NOTIFIED]: NOTIFY, [UNMET]: FINDING }[kind] ?? kind;
  if (state.kindsOff.has(group)) return false;
  if (group === CALL && state.callsOff.size) {
    const call = kind === RETURN && rec.begun[i] >= 0 ? rec.begun[i] : i;
    if (state.callsOff.has(text(rec, rec.text[call]).split('(')[0])) return false;
  }
  return true;
}

function select(event, reveals = true) {
  const { rec } = state;
  if (event < 0 || event >= rec.n) return;
  state.selected = event;
  if (reveals) reveal(event);
  showEvent();
  markFound();
  history.replaceState(null, '', `#recording=${state.part}&event=${linkOf(rec, event)}`);
  draw();
  if (state.view === 'table') showTable();
  $('said').textContent = `Event ${called(rec, event)}, ${milliseconds(rec.time[event])}, ${who(rec, event)}: ${sentence(rec, event)}`;
}

// Goes on by so many rows.
function step(by) {
  const row = state.selected < 0 ? -1 : state.rowOf[state.selected];
  const is = row >= 0 && state.rows[row] === state.selected;
  const next = by < 0 && !is ? row + by + 1 : row + by;
  if (state.rows.length) select(state.rows[Math.max(0, Math.min(next, state.rows.length - 1))]);
}

// Goes to the next event, or the one before, for which `is` holds.
function seek(by, is) {
  let row = state.selected < 0 ? -1 : state.rowOf[state.selected];
  for (row += by; row >= 0 && row < state.rows.length; row += by) {
    if (is(state.rows[row])) return select(state.rows[row]);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Searching: words that stand in an event, and of which another comes before it.

// Whether each event has all the words.
function having(rec, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return null;
  const lower = rec.lower ??= rec.texts.map((one) => one.toLowerCase());
  const titles = rec.columns.map((column) => column.title.toLowerCase());
  let all = null;
  for (const word of wanted) {
    const texts = Uint8Array.from(lower, (one) => (one.includes(word) ? 1 : 0));
    const columns = titles.map((one) => one.includes(word)), number = /^\d+$/.test(word) ? Number(word) : NaN;
    const has = new Uint8Array(rec.n);
    for (let i = 0; i < rec.n; i++) {
      has[i] = texts[rec.text[i]] || texts[rec.result[i]] || texts[rec.full[i]] || columns[rec.column[i]]
        || (rec.shown[i] >= 0 && texts[rec.result[rec.shown[i]]]) || (KINDS[rec.kind[i]].includes(word)) || rec.number[i] === number ? 1 : 0;
      if (all && !all[i]) has[i] = 0;
    }
    all = has;
  }
  return all;
}

function search() {
  const { rec } = state;
  const found = having(rec, $('find').value), before = having(rec, $('before').value);
  state.matches = null;
  $('match-count').textContent = '';
  if (!found && !before) return;
  const matches = new Set(), seen = new Set();
  for (const i of state.rows) {
    const lane = $('same').checked ? rec.lane[i] : 0;
    if ((!found || found[i]) && (!before || seen.has(lane))) matches.add(i);
    if (before?.[i]) seen.add(lane);
  }
  state.matches = matches;
  $('match-count').textContent = matches.size === 1 ? '1 match' : `${matches.size} matches`;
}

// ---------------------------------------------------------------------------------------------------------------
// The timeline: rows from the top to the bottom, a column for each lane. What is not visible is not drawn.

const canvas = $('canvas'), ink = canvas.getContext('2d'), stage = $('timeline');
const GUTTER = 92, HEAD = 28, OVERVIEW = 46, TEXT_FROM = 13;
const MONO = 'ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace';
const overview = { isStale: true, canvas: document.createElement('canvas') };
let colours = {}, size = { width: 0, height: 0, ratio: 1 }, isDrawing = false, hatch = null;

function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => { isDrawing = false; if (state.rec && state.view === 'timeline') paint(); });
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ['ground', 'raised', 'text', 'quiet', 'line', 'focus', 'select', 'call', 'news', 'host', 'good', 'bad', 'doubt',
    'online', 'offline', 'hatch', 'error-row', 'match'];
  colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  pen.fillStyle = colours.offline;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colours.hatch;
  pen.beginPath();
  for (const at of [-8, 0, 8]) { pen.moveTo(at, 8); pen.lineTo(at + 8, 0); }
  pen.stroke();
  hatch = ink.createPattern(tile, 'repeat');
  overview.isStale = true;
}

function resize() {
  const box = stage.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
  size = { width: Math.max(1, box.width), height: Math.max(1, box.height), ratio };
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  overview.isStale = true;
  clamp();
  draw();
}

function room() { return size.height - HEAD; }

function clamp() {
  const least = Math.min(22, Math.max(0.001, room() / Math.max(1, state.rows.length)));
  state.height = Math.max(least, Math.min(40, state.height));
  const most = Math.max(0, state.rows.length * state.height - room() + Math.min(60, state.height * 2));
  state.scroll = Math.max(0, Math.min(state.scroll, most));
  const { total } = layout();
  state.across = Math.max(0, Math.min(state.across, Math.max(0, total - (size.width - GUTTER - OVERVIEW))));
}

// The width of a column, the room that the last has, and all of it together.
function layout() {
  const count = state.rec?.columns.length ?? 1, free = size.width - GUTTER - OVERVIEW;
  // Without texts all lanes fit.
  if (state.height < TEXT_FROM) return { width: Math.max(16, free / count), total: free };
  const last = Math.max(260, Math.min(420, free * 0.45));
  const width = Math.max(84, Math.min(200, (free - last) / Math.max(1, count - 1)));
  return { width, total: Math.max(free, width * (count - 1) + last) };
}

function reveal(event) {
  const row = Math.max(0, state.rowOf[event]), y = row * state.height;
  if (y < state.scroll + state.height * 2) state.scroll = y - Math.min(room() / 3, state.height * 4);
  if (y + state.height * 3 > state.scroll + room()) state.scroll = y + state.height * 4 - room();
  const { width } = layout(), x = state.rec.column[event] * width;
  if (x < state.across) state.across = x;
  if (x + width > state.across + size.width - GUTTER - OVERVIEW) state.across = x;
  clamp();
}

function paint() {
  const { rec, rows, height } = state;
  clamp();
  ink.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  ink.fillStyle = colours.ground;
  ink.fillRect(0, 0, size.width, size.height);
  ink.textBaseline = 'middle';
  const frame = { ...layout(), first: Math.max(0, Math.floor(state.scroll / height)) };
  frame.last = Math.min(rows.length - 1, Math.ceil((state.scroll + room()) / height));
  frame.x = (column) => GUTTER + column * frame.width - state.across;
  frame.y = (row) => HEAD + row * height - state.scroll;
  ink.save();
  ink.beginPath();
  ink.rect(0, HEAD, size.width - OVERVIEW, room());
  ink.clip();
  paintBands(rec, frame);
  if (height < TEXT_FROM) paintSmall(rec, frame); else paintRows(rec, frame);
  ink.restore();
  paintHead(rec, frame);
  paintOverview();
  if (!performance.getEntriesByName('shown').length) performance.mark('shown');
}

// States as bands in the columns of objects, transitions as lines at their edge, and a line for each lane.
function paintBands(rec, frame) {
  rec.columns.forEach((column, place) => {
    const x = frame.x(place);
    if (x > size.width || x + frame.width < GUTTER - 200) return;
    const band = Math.min(14, frame.width - 8);
    for (let at = firstFrom(column.states, state.rows[frame.first] ?? 0); at < column.states.length; at++) {
      const [event, name] = column.states[at];
      const top = frame.y(state.rowOf[event]) + state.height / 2;
      if (top > size.height) break;
      const end = column.states[at + 1] ? frame.y(state.rowOf[column.states[at + 1][0]]) + state.height / 2 : frame.y(state.rows.length);
      const from = Math.max(HEAD, top), length = Math.min(size.height, end) - from;
      ink.fillStyle = name === 'OFFLINE' ? hatch : colours.online;
      ink.fillRect(x, from, band, length);
      ink.strokeStyle = colours.line;
      ink.strokeRect(x + 0.5, from, band - 1, length);
    }
    ink.fillStyle = colours.line;
    ink.fillRect(Math.round(x), HEAD, 1, room());
    ink.fillStyle = colours.news;
    for (const round of column.rounds) {
      const top = frame.y(state.rowOf[round.first]), end = frame.y(state.rowOf[round.last] + 1);
      if (top <= size.height && end >= HEAD) ink.fillRect(x + band + 1, Math.max(HEAD, top), 3, Math.min(size.height, end) - Math.max(HEAD, top));
    }
  });
}

// The place of the last entry that begins at or before an event.
function firstFrom(states, event) {
  let low = 0, high = states.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (states[middle][0] <= event) low = middle + 1; else high = middle;
  }
  return Math.max(0, low - 1);
}

function colourOf(rec, i) {
  switch (rec.kind[i]) {
    case NOTIFY: case NOTIFIED: return colours.news;
    case STATE: case HOST: return colours.host;
    case DECISION: case SKIPPED: return colours.doubt;
    case UNMET: return colours.bad;
    case FINDING: return { error: colours.bad, warning: colours.doubt, note: colours.news }[severityOf(rec, i)];
    case RELEASE: return colours.quiet;
    default: return colours.call;
  }
}

// Too small for texts: a mark for each event, once for each pixel.
function paintSmall(rec, frame) {
  const drawn = new Uint8Array((Math.ceil(room()) + 2) * rec.columns.length);
  const tall = Math.max(1, state.height - 0.5);
  for (let row = frame.first; row <= frame.last; row++) {
    const i = state.rows[row], y = frame.y(row), column = rec.column[i];
    const pixel = (Math.floor(y - HEAD) + 1) * rec.columns.length + column;
    const severity = weightOf(rec, i);
    if (drawn[pixel] && !(severity && severity !== 'note') && !state.matches?.has(i)) continue;
    drawn[pixel] = 1;
    ink.fillStyle = colourOf(rec, i);
    const x = frame.x(column) + 20 + Math.min(6, rec.depth[i]) * 5;
    if (severity === 'error' || severity === 'warning') ink.fillRect(frame.x(column), y, frame.width - 8, Math.max(2, tall));
    else ink.fillRect(x, y, Math.min(60, frame.width - 30), tall);
    if (state.matches?.has(i)) { ink.fillStyle = colours.match; ink.fillRect(GUTTER - 12, y, 10, Math.max(2, tall)); }
    if (i === state.selected) { ink.fillStyle = colours.focus; ink.fillRect(0, y, size.width, 2); }
  }
}

function paintRows(rec, frame) {
  const { rows } = state;
  for (let row = frame.first; row <= frame.last; row++) {
    const i = rows[row], y = frame.y(row), severity = weightOf(rec, i);
    const ground = i === state.selected ? colours.select : state.matches?.has(i) ? colours.match
      : severity === 'error' ? colours['error-row'] : rec.kind[i] === DECISION ? colours.raised : '';
    if (ground) { ink.fillStyle = ground; ink.globalAlpha = 0.85; ink.fillRect(0, y, size.width, state.height); ink.globalAlpha = 1; }
  }
  paintBars(rec, frame);
  paintArrows(rec, frame);
  let before = frame.first > 0 ? rec.time[rows[frame.first - 1]] : -1;
  for (let row = frame.first; row <= frame.last; row++) {
    const i = rows[row], middle = frame.y(row) + state.height / 2;
    if (rec.time[i] !== before || row === frame.first) {
      ink.font = `11.5px ${MONO}`;
      ink.fillStyle = colours.quiet;
      ink.textAlign = 'right';
      ink.fillText(milliseconds(rec.time[i]), GUTTER - 12, middle);
      ink.textAlign = 'left';
    }
    before = rec.time[i];
    paintText(rec, frame, i, middle);
  }
  const selected = state.rowOf[state.selected];
  if (state.selected >= 0 && selected >= frame.first && selected <= frame.last) {
    ink.strokeStyle = colours.focus;
    ink.lineWidth = 1.5;
    ink.strokeRect(1, frame.y(selected) + 0.5, size.width - OVERVIEW - 3, state.height - 1);
    ink.lineWidth = 1;
  }
}

const barX = (frame, rec, i) => frame.x(rec.column[i]) + 5 + Math.min(8, rec.depth[i]) * 9;

// Calls and notifications, from where they begin to where they end.
function paintBars(rec, frame) {
  const bars = openBefore(rec, state.rows[frame.first] ?? 0);
  for (let row = frame.first; row <= frame.last; row++) if (rec.end[state.rows[row]] >= 0) bars.add(state.rows[row]);
  for (const i of bars) {
    if (state.lanesOff.has(rec.column[i])) continue;
    const top = Math.max(HEAD - 2, frame.y(state.rowOf[i]) + 3);
    const end = Math.min(size.height + 2, frame.y(state.rowOf[rec.end[i]] + 1) - 3);
    if (end <= top) continue;
    ink.fillStyle = rec.kind[i] === NOTIFY ? colours.news : colours.call;
    ink.globalAlpha = rec.shown[i] >= 0 ? 0.45 : 0.9;
    ink.fillRect(barX(frame, rec, i), top, 4, end - top);
    ink.globalAlpha = 1;
  }
}

// From what asked for a transition to its notifications.
function paintArrows(rec, frame) {
  const all = frame.last - frame.first < 200;
  for (let row = frame.first; row <= frame.last; row++) {
    const i = state.rows[row], cause = rec.cause[i];
    if (cause < 0 || state.lanesOff.has(rec.column[cause])) continue;
    const isSelected = i === state.selected || cause === state.selected;
    if (!isSelected && (!all || rec.kind[i] === UNMET)) continue;
    const from = frame.x(rec.column[cause]) + 1.5, y = frame.y(row) + state.height / 2;
    const to = rec.kind[i] === STATE ? frame.x(rec.column[i]) + 1 : barX(frame, rec, i) - 2;
    const top = Math.max(HEAD, frame.y(state.rowOf[cause]) + state.height / 2), way = to < from ? -1 : 1;
    ink.strokeStyle = ink.fillStyle = colours.news;
    ink.globalAlpha = isSelected ? 1 : 0.4;
    ink.lineWidth = isSelected ? 2 : 1;
    ink.setLineDash(isSelected ? [] : [3, 3]);
    ink.beginPath();
    ink.moveTo(from, top);
    ink.lineTo(from, y);
    ink.lineTo(to - way * 4, y);
    ink.stroke();
    ink.setLineDash([]);
    ink.beginPath();
    ink.moveTo(to, y);
    ink.lineTo(to - way * 6, y - 3.5);
    ink.lineTo(to - way * 6, y + 3.5);
    ink.fill();
    ink.globalAlpha = 1;
    ink.lineWidth = 1;
  }
}

function paintText(rec, frame, i, middle) {
  const kind = rec.kind[i], severity = severityOf(rec, i), result = resultOf(rec, i);
  const isBar = rec.end[i] >= 0 || rec.begun[i] >= 0;
  let x = frame.x(rec.column[i]) + (rec.columns[rec.column[i]].kind === 'object' ? 20 : 8) + (isBar ? 5 : 0) + Math.min(8, rec.depth[i]) * 9;
  ink.font = `${kind === STATE || isFound(rec, i) ? '600 ' : ''}12.5px ${MONO}`;
  const colour = colourOf(rec, i), most = size.width - OVERVIEW - 6;
  if (kind === DECISION || isFound(rec, i)) {
    // What was found is to be read: it stands as far to the left as it needs.
    const wide = ink.measureText(`${SIGNS[kind]} ${sentence(rec, i)}`.slice(0, 400)).width;
    x = Math.max(GUTTER + 8, Math.min(x, most - wide - 4));
  }
  let isCut = false;
  const write = (words, style) => {
    if (!words || isCut || x >= most) return;
    const short = fitting(words, most - x), width = ink.measureText(short).width;
    isCut = short !== words;
    ink.fillStyle = i === state.selected ? colours.select : colours.ground;
    ink.globalAlpha = 0.9;
    ink.fillRect(x - 1, middle - 8, width + 2, 16);
    ink.globalAlpha = 1;
    ink.fillStyle = style;
    ink.fillText(short, x, middle);
    x += width;
  };
  write(`${SIGNS[kind] ?? SIGNS[10]} `, colour);
  if (severity) write(`${severity} `, colour);
  write(text(rec, rec.text[i]), kind === NOTIFY || kind === HOST ? colour : colours.text);
  ink.font = `12.5px ${MONO}`;
  if (kind === NOTIFY && rec.result[i]) write(` (${text(rec, rec.result[i])})`, colours.quiet);
  if (result) write(` → ${result}`, /^(E|MAPI_E)_/.test(result) ? colours.doubt : colours.good);
}

// As much of a text as fits, and a sign that there is more.
function fitting(words, room) {
  if (words.length * 5 < room && /^[\x20-\x7e]*$/.test(words) && ink.measureText(words).width <= room) return words;
  if (ink.measureText(words).width <= room) return words;
  let low = 0, high = Math.min(words.length, 400);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ink.measureText(`${words.slice(0, middle)}…`).width <= room) low = middle; else high = middle - 1;
  }
  return `${words.slice(0, low)}…`;
}

function paintHead(rec, frame) {
  ink.fillStyle = colours.raised;
  ink.fillRect(0, 0, size.width, HEAD);
  ink.fillStyle = colours.line;
  ink.fillRect(0, HEAD - 1, size.width, 1);
  ink.save();
  ink.beginPath();
  ink.rect(GUTTER - 4, 0, size.width - GUTTER - OVERVIEW + 4, HEAD);
  ink.clip();
  rec.columns.forEach((column, place) => {
    const isLast = place === rec.columns.length - 1, x = frame.x(place);
    ink.font = `600 12.5px ${MONO}`;
    ink.fillStyle = state.lanesOff.has(place) ? colours.quiet : column.kind === 'client' ? colours.text : colours.host;
    const sign = { host: '■ ', object: '◆ ', client: '' }[column.kind];
    ink.fillText(fitting(sign + column.title, (isLast ? size.width - x - OVERVIEW : frame.width) - 12), x + 4, HEAD / 2);
  });
  ink.restore();
}

// The whole recording in a strip: what was found, what matches, and what is visible.
function paintOverview() {
  const { rec, rows } = state, tall = room(), x = size.width - OVERVIEW;
  if (overview.isStale) {
    overview.isStale = false;
    const own = overview.canvas, ratio = size.ratio;
    own.width = OVERVIEW * ratio;
    own.height = Math.max(1, tall * ratio);
    const pen = own.getContext('2d');
    pen.scale(ratio, ratio);
    pen.fillStyle = colours.raised;
    pen.fillRect(0, 0, OVERVIEW, tall);
    const each = tall / Math.max(1, rows.length), drawn = new Set();
    for (let row = 0; row < rows.length; row++) {
      const i = rows[row], y = Math.floor(row * each);
      const key = y * 64 + Math.min(63, rec.column[i]);
      if (drawn.has(key)) continue;
      drawn.add(key);
      pen.fillStyle = colourOf(rec, i);
      pen.globalAlpha = 0.5;
      pen.fillRect(4 + (rec.column[i] / rec.columns.length) * (OVERVIEW - 14), y, Math.max(2, (OVERVIEW - 14) / rec.columns.length - 1), Math.max(1, Math.min(3, each)));
    }
    pen.globalAlpha = 1;
    for (let row = 0; row < rows.length; row++) {
      const severity = weightOf(rec, rows[row]);
      if (severity !== 'error' && severity !== 'warning') continue;
      pen.fillStyle = colourOf(rec, rows[row]);
      pen.fillRect(severity === 'error' ? 0 : OVERVIEW - 10, Math.floor(row * each), severity === 'error' ? OVERVIEW : 10, 2);
    }
  }
  ink.drawImage(overview.canvas, x, HEAD, OVERVIEW, tall);
  const scale = tall / Math.max(1, rows.length * state.height);
  const top = HEAD + state.scroll * scale, visible = Math.max(6, Math.min(tall, tall * scale));
  ink.strokeStyle = colours.focus;
  ink.strokeRect(x + 0.5, Math.min(top, HEAD + tall - visible) + 0.5, OVERVIEW - 1, visible - 1);
  if (state.matches?.size) {
    ink.fillStyle = colours.doubt;
    const marked = new Set();
    for (const i of state.matches) {
      const y = Math.floor((state.rowOf[i] / rows.length) * tall);
      if (!marked.has(y)) { marked.add(y); ink.fillRect(x + 1, HEAD + y, 3, 2); }
    }
  }
}

function zoom(factor, at = room() / 2) {
  const row = (state.scroll + at) / state.height;
  state.height *= factor;
  clamp();
  state.scroll = row * state.height - at;
  clamp();
  draw();
}

// ---------------------------------------------------------------------------------------------------------------
// The side: the event that is selected, and what was found.

function element(name, words, className) {
  const made = document.createElement(name);
  if (words !== undefined) made.textContent = words;
  if (className) made.className = className;
  return made;
}

function rowOfTable(head, ...cells) {
  const row = element('tr');
  const th = element('th', head);
  th.scope = 'row';
  row.append(th, ...cells.map((cell) => { const td = element('td'); td.append(cell); return td; }));
  return row;
}

function button(words, act) {
  const made = element('button', words);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

function toEvent(i) {
  return button(`${called(state.rec, i)}: ${sentence(state.rec, i)}`.slice(0, 120), () => select(i));
}

// The calls that a text names by their numbers: where their names begin, their events, and how long their names are.
function callsIn(rec, words) {
  const named = Array.from(words.matchAll(/\bcall (\d+)\b/g), (match) => [match.index, ofNumber(rec, Number(match[1])), match[0].length]);
  return named.filter(([, i]) => i !== undefined && (rec.kind[i] === CALL || rec.kind[i] === SKIPPED));
}

// A text in which each call that it names by its number leads there.
function leading(rec, words) {
  const nodes = [];
  let from = 0;
  for (const [at, i, length] of callsIn(rec, words)) {
    const link = button(words.slice(at, at + length), () => select(i));
    link.className = 'link';
    nodes.push(words.slice(from, at), link);
    from = at + length;
  }
  return [...nodes, words.slice(from)];
}

function paragraph(rec, words, className) {
  const made = element('p', undefined, className);
  made.append(...leading(rec, words));
  return made;
}

function showEvent() {
  const { rec, selected: i } = state, side = $('event');
  const kind = KINDS[rec.kind[i]] ?? KINDS[10];
  const title = element('h2');
  title.append(...leading(rec, text(rec, rec.text[i])));
  const steps = element('div', undefined, 'steps');
  steps.append(button('← Before', () => step(-1)), button('Next →', () => step(1)));
  const about = element('table', undefined, 'details'), body = element('tbody');
  const add = (head, cell) => { if (cell !== '' && cell !== undefined) body.append(rowOfTable(head, cell)); };
  add('Event', rec.number[i] < 0 ? kind : `${rec.number[i]}, ${kind}`);
  add('Row', `${i + 1} of ${rec.n}`);
  add('Time', milliseconds(rec.time[i]));
  add('Who', who(rec, i));
  if (rec.kind[i] === CALL || rec.kind[i] === RETURN || rec.kind[i] === NOTIFY) add(rec.kind[i] === RETURN ? 'Result' : 'Arguments', text(rec, rec.full[i]) || 'none');
  if (rec.kind[i] === CALL) {
    const end = rec.end[i];
    add('Returns', end < 0 ? 'never' : `${text(rec, rec.full[end])}${rec.time[end] > rec.time[i] ? `, after ${milliseconds(rec.time[end] - rec.time[i])}` : ''}`);
  }
  if (rec.end[i] >= 0 && !rec.merged[rec.end[i]]) add('Ends', toEvent(rec.end[i]));
  if (rec.begun[i] >= 0) add('Began', toEvent(rec.begun[i]));
  if (rec.cause[i] >= 0) add(rec.kind[i] === UNMET ? 'Shows in' : 'Asked for by', toEvent(rec.cause[i]));
  if (rec.kind[i] === CALL && rec.extra[i]) add('Registration', paragraph(rec, text(rec, rec.extra[i]), 'mono'));
  if (rec.threads.length > 1) add('Thread', text(rec, rec.threads[rec.thread[i]]));
  about.append(body);
  side.replaceChildren(title, steps, about);
  if (rec.kind[i] === FINDING) side.append(...explain(rec, i));
  if (player) side.append(...player.section(rec, i));
  side.append(...quote(rec.line[i]), ...standing(rec, i));
}

// The rule that a finding rests on, and why we believe it.
function explain(rec, i) {
  const [id, severity, rule] = rec.findings[rec.extra[i] - 1];
  const parts = [element('p', `${severity} ${id}`, `sign-${severity}`)];
  const [about, remedy] = data.findings[id] ?? [];
  if (about) parts.push(element('p', about));
  const [words, basis] = data.rules[rule] ?? [];
  if (words) {
    parts.push(element('p', `Rule ${rule}: ${words}`));
    parts.push(element('p', `Basis: ${basis}`, 'quiet'));
  } else if (rule) {
    parts.push(element('p', `It rests on ${rule}.`, 'quiet'));
  }
  if (remedy) parts.push(element('p', `What to do: ${remedy}`));
  if (!rec.line[i]) for (const line of linesBefore(rec, i)) parts.push(...quote(line));
  return parts;
}

// The lines of the scenario that a finding goes back to: those of the calls that it names, or else the one at which its
// lane last did something.
function linesBefore(rec, i) {
  const named = callsIn(rec, text(rec, rec.text[i])).map(([, call]) => rec.line[call]).filter(Boolean);
  if (named.length) return new Set(named);
  for (let at = i; at >= 0; at--) if (rec.lane[at] === rec.lane[i] && rec.line[at]) return [rec.line[at]];
  return [];
}

// The lines of the scenario, as far as the next block.
function quote(line) {
  const source = data.sources[part().source];
  if (!line || !source) return [];
  const lines = [];
  for (let at = line; at <= source.lines.length && at < line + 14; at++) {
    const words = source.lines[at - 1];
    if (at > line && (!words.trim() || words.trimStart().startsWith('[['))) break;
    lines.push(`${String(at).padStart(4)} │ ${words}`);
  }
  return [element('p', `${source.name}:${line}`, 'quiet mono'), ...(lines.length ? [element('pre', lines.join('\n'))] : [])];
}

// How things stand before the event and after it.
function standing(rec, i) {
  const before = factsBefore(rec, i), after = new Map(before);
  // The end of a call that stands in its row belongs to it.
  const last = rec.kind[i] === CALL && rec.shown[i] >= 0 && !state.ends ? rec.shown[i] : i;
  apply(rec, after, i, last + 1);
  if (!after.size) return [];
  const table = element('table', undefined, 'standing'), body = element('tbody');
  const head = element('tr');
  head.append(...['What', 'Before', 'After'].map((words) => { const th = element('th', words); th.scope = 'col'; return th; }));
  const names = [...after.keys()].sort((a, b) => text(rec, a).localeCompare(text(rec, b)));
  for (const name of names) {
    const is = text(rec, after.get(name)), was = before.has(name) ? text(rec, before.get(name)) : is === 'nothing' ? is : '–';
    const row = rowOfTable(text(rec, name), was, is);
    if (was !== is) row.className = 'changed';
    body.append(row);
  }
  table.append(head, body);
  return [element('h2', 'State before and after'), table];
}

// The findings of the recording, and what did not hold.
function showFound() {
  const { rec } = state, side = $('found'), list = [];
  let count = 0;
  for (let i = 0; i < rec.n; i++) {
    if (!isFound(rec, i) || ++count > 200) continue;
    const item = button('', () => select(i)), severity = severityOf(rec, i);
    item.className = 'finding';
    item.dataset.event = String(i);
    item.append(element('span', `${SIGNS[rec.kind[i]]} ${severity && `${severity} `}`, `sign-${weightOf(rec, i)}`), text(rec, rec.text[i]));
    list.push(item);
  }
  const title = element('h2', part().marks.length ? 'What did not hold, and what was found' : 'What was found');
  if (!list.length) list.push(element('p', 'Nothing.', 'quiet'));
  if (count > 200) list.push(element('p', `and ${count - 200} more: n steps from one to the next`, 'quiet'));
  side.replaceChildren(title, ...list);
  const notes = part().notes;
  $('notes').replaceChildren(...(notes.length ? [element('h2', 'What came of it'), ...notes.map((note) => paragraph(rec, note))] : []));
}

function markFound() {
  for (const item of document.querySelectorAll('.finding')) {
    if (item.dataset.event === String(state.selected)) item.setAttribute('aria-current', 'true'); else item.removeAttribute('aria-current');
  }
}

// ---------------------------------------------------------------------------------------------------------------
// The same as a table, two hundred rows at a time; and two orders beside each other.

const PAGE = 200;
let page = 0;

function showTable(number) {
  const { rec, rows } = state;
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  page = Math.max(0, Math.min(number ?? Math.floor(Math.max(0, state.rowOf[state.selected]) / PAGE), pages - 1));
  const body = $('events').tBodies[0], made = [];
  const end = Math.min(rows.length, (page + 1) * PAGE);
  for (let row = page * PAGE; row < end; row++) {
    const i = rows[row], tr = element('tr', undefined, weightOf(rec, i));
    const first = element('td');
    first.append(button(called(rec, i), () => select(i)));
    const what = `${SIGNS[rec.kind[i]] ?? SIGNS[10]} ${'  '.repeat(Math.min(8, rec.depth[i]))}${severityOf(rec, i)} ${text(rec, rec.text[i])}`;
    const result = resultOf(rec, i) || (rec.kind[i] === NOTIFY ? text(rec, rec.result[i]) : '');
    tr.append(first, element('td', milliseconds(rec.time[i])), element('td', who(rec, i)), element('td', what), element('td', result),
      element('td', rec.cause[i] >= 0 && rec.kind[i] !== UNMET ? `${called(rec, rec.cause[i])}: ${text(rec, rec.text[rec.cause[i]])}` : ''));
    if (i === state.selected) tr.setAttribute('aria-current', 'true');
    made.push(tr);
  }
  body.replaceChildren(...made);
  $('page-range').textContent = rows.length ? `rows ${page * PAGE + 1} to ${end} of ${rows.length}` : 'no rows';
  $('page-before').disabled = page === 0;
  $('page-next').disabled = page === pages - 1;
  body.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
}

// The rows of a recording, as they are compared: with who, without when.
function linesOf(rec) {
  const lines = [];
  for (let i = 0; i < rec.n && lines.length < 3000; i++) {
    if (rec.merged[i] || rec.kind[i] === NOTIFIED || rec.kind[i] === DECISION) continue;
    lines.push({ rec, i, words: `${who(rec, i)}: ${SIGNS[rec.kind[i]] ?? SIGNS[10]} ${sentence(rec, i)}` });
  }
  return lines;
}

// Pairs of rows of two lists: equal ones beside each other, after the longest common subsequence.
function align(one, other) {
  let same = 0;
  while (same < one.length && same < other.length && one[same].words === other[same].words) same++;
  const pairs = one.slice(0, same).map((line, at) => [line, other[at]]);
  const a = one.slice(same, same + 1500), b = other.slice(same, same + 1500), wide = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * wide + j] = a[i].words === b[j].words ? longest[(i + 1) * wide + j + 1] + 1
        : Math.max(longest[(i + 1) * wide + j], longest[i * wide + j + 1]);
    }
  }
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i].words === b[j].words) pairs.push([a[i++], b[j++]]);
    else if (j >= b.length || (i < a.length && longest[(i + 1) * wide + j] >= longest[i * wide + j + 1])) pairs.push([a[i++], null]);
    else pairs.push([null, b[j++]]);
  }
  return { pairs, same };
}

function showOrders() {
  const [failing, passing] = twoOrders();
  if (passing === undefined) return;
  $('orders-about').textContent = data.parts[failing].other.about;
  const { pairs, same } = align(linesOf(recordingOf(failing)), linesOf(recordingOf(passing)));
  const cell = (number, line) => {
    const made = element('td', line ? undefined : '–', line ? '' : 'none');
    if (line) made.append(button(called(line.rec, line.i), () => lookAt(number, line.i)), ` ${line.words}`);
    return made;
  };
  const rows = pairs.map(([left, right], at) => {
    const isFirst = at === same, differs = !left || !right;
    const row = element('tr', undefined, isFirst ? 'first' : differs ? 'differs' : '');
    row.append(element('td', isFirst ? 'first difference ▶' : differs ? '≠' : ''));
    row.append(cell(failing, left), cell(passing, right));
    return row;
  });
  $('orders').tBodies[0].replaceChildren(...rows);
  $('orders').querySelector('.first')?.scrollIntoView({ block: 'center' });
}

// Shows an event of a recording in the timeline.
function lookAt(number, i) {
  show('timeline');
  if (number === state.part) select(i); else choose(number, () => i);
  stage.focus();
}

function show(view) {
  state.view = view;
  for (const name of ['timeline', 'table', 'orders']) {
    $(`view-${name}`).hidden = name !== view;
    document.querySelector(`[data-view="${name}"]`).setAttribute('aria-pressed', String(name === view));
  }
  $('zoom').hidden = view !== 'timeline';
  if (view === 'table') showTable();
  if (view === 'orders') showOrders();
  if (view === 'timeline') resize();
}

// ---------------------------------------------------------------------------------------------------------------
// What a reader does.

function makeFilters() {
  const { rec } = state, fields = $('filter-fields');
  const group = (title, items) => {
    const set = element('fieldset');
    set.append(element('legend', title));
    for (const [words, isOn, toggle] of items) {
      const label = element('label'), box = element('input');
      box.type = 'checkbox';
      box.checked = isOn;
      box.addEventListener('change', () => { toggle(box.checked); filter(); });
      label.append(box, words);
      set.append(label);
    }
    return set;
  };
  const off = (set, key) => (isOn) => { if (isOn) set.delete(key); else set.add(key); };
  const kinds = [[CALL, 'calls'], [NOTIFY, 'notifications'], [STATE, 'states'], [HOST, 'the host'], [FINDING, 'findings'], [RELEASE, 'releases']];
  const calls = new Set();
  for (let i = 0; i < rec.n && calls.size < 40; i++) if (rec.kind[i] === CALL) calls.add(text(rec, rec.text[i]).split('(')[0]);
  fields.replaceChildren(
    group('Lanes', rec.columns.map((column, place) => [column.title, !state.lanesOff.has(place), off(state.lanesOff, place)])),
    group('What', [...kinds.map(([kind, words]) => [words, !state.kindsOff.has(kind), off(state.kindsOff, kind)]),
      ['every return and end', state.ends, (isOn) => { state.ends = isOn; }]]),
    group('Calls', [...calls].sort().map((call) => [call, !state.callsOff.has(call), off(state.callsOff, call)])),
  );
}

const KEYS = [
  ['↑ ↓ or k j', 'one event back, one on', (key) => key === 'ArrowUp' || key === 'k', () => step(-1)],
  ['', '', (key) => key === 'ArrowDown' || key === 'j', () => step(1)],
  ['Page up, Page down', 'a screen back, a screen on', (key) => key === 'PageUp', () => step(-Math.floor(room() / state.height / 1.2))],
  ['', '', (key) => key === 'PageDown', () => step(Math.floor(room() / state.height / 1.2))],
  ['Home, End', 'the first event, the last', (key) => key === 'Home', () => step(-state.rows.length)],
  ['', '', (key) => key === 'End', () => step(state.rows.length)],
  ['← →', 'lanes to the left, to the right', (key) => key === 'ArrowLeft', () => { state.across -= 80; draw(); }],
  ['', '', (key) => key === 'ArrowRight', () => { state.across += 80; draw(); }],
  ['+ − 0', 'larger, smaller, everything', (key) => key === '+' || key === '=', () => zoom(1.3)],
  ['', '', (key) => key === '-', () => zoom(1 / 1.3)],
  ['', '', (key) => key === '0', () => zoom(0)],
  ['n p', 'the next finding, the one before', (key) => key === 'n', () => seek(1, (i) => isFound(state.rec, i))],
  ['', '', (key) => key === 'p', () => seek(-1, (i) => isFound(state.rec, i))],
  ['m M', 'the next match, the one before', (key) => key === 'm', () => seek(1, (i) => state.matches?.has(i))],
  ['', '', (key) => key === 'M', () => seek(-1, (i) => state.matches?.has(i))],
  ['c', 'what asked for this', (key) => key === 'c', () => select(state.rec.cause[state.selected])],
  ['e', 'to where this ends, or began', (key) => key === 'e', () => select(Math.max(state.rec.end[state.selected], state.rec.begun[state.selected]))],
  ['/', 'find', (key) => key === '/', () => $('find').focus()],
  ['t', 'timeline, table', (key) => key === 't', () => show(state.view === 'table' ? 'timeline' : 'table')],
  ['?', 'this list', (key) => key === '?', () => $('help').showModal()],
];

function listen() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement || $('help').open) {
      if (event.key === 'Escape') stage.focus();
      return;
    }
    // Elsewhere these keys scroll.
    const isOnStage = target === stage || target === document.body;
    const scrolls = /^(Arrow|Page|Home|End)/.test(event.key);
    if (scrolls && !isOnStage) return;
    const found = KEYS.find(([, , is]) => is(event.key));
    if (found) { event.preventDefault(); found[3](); }
  });
  stage.addEventListener('wheel', (event) => {
    event.preventDefault();
    const by = event.deltaMode === 1 ? event.deltaY * 20 : event.deltaY;
    if (event.ctrlKey) return zoom(Math.exp(-by / 300), event.offsetY - HEAD);
    if (event.shiftKey) state.across += by; else { state.scroll += by; state.across += event.deltaX; }
    draw();
  }, { passive: false });
  let grip = null;
  stage.addEventListener('pointerdown', (event) => {
    grip = { x: event.clientX, y: event.clientY, scroll: state.scroll, across: state.across, moved: false, strip: event.offsetX > size.width - OVERVIEW };
    stage.setPointerCapture(event.pointerId);
    if (grip.strip) jump(event);
  });
  stage.addEventListener('pointermove', (event) => {
    if (!grip) return;
    if (grip.strip) return jump(event);
    if (Math.abs(event.clientY - grip.y) + Math.abs(event.clientX - grip.x) > 4) grip.moved = true;
    if (!grip.moved) return;
    state.scroll = grip.scroll - (event.clientY - grip.y);
    state.across = grip.across - (event.clientX - grip.x);
    draw();
  });
  stage.addEventListener('pointerup', (event) => {
    if (grip && !grip.moved && !grip.strip && event.offsetY > HEAD) {
      const row = Math.floor((state.scroll + event.offsetY - HEAD) / state.height);
      if (row < state.rows.length) select(state.rows[row], false);
    }
    grip = null;
  });
  for (const one of document.querySelectorAll('[data-view]')) one.addEventListener('click', () => show(one.dataset.view));
  for (const id of ['find', 'before', 'same']) $(id).addEventListener('input', () => { search(); draw(); });
  const isMatch = (i) => state.matches?.has(i);
  $('search').addEventListener('submit', (event) => { event.preventDefault(); seek(1, isMatch); });
  $('match-before').addEventListener('click', () => seek(-1, isMatch));
  $('zoom-in').addEventListener('click', () => zoom(1.3));
  $('zoom-out').addEventListener('click', () => zoom(1 / 1.3));
  $('zoom-all').addEventListener('click', () => zoom(0));
  $('page-before').addEventListener('click', () => showTable(page - 1));
  $('page-next').addEventListener('click', () => showTable(page + 1));
  $('part').addEventListener('change', () => choose(Number($('part').value)));
  $('help-button').addEventListener('click', () => $('help').showModal());
  window.addEventListener('hashchange', fromHash);
  new ResizeObserver(resize).observe(stage);
}

function jump(event) {
  const rows = ((event.offsetY - HEAD) / room()) * state.rows.length;
  state.scroll = rows * state.height - room() / 2;
  draw();
}

// Dark or light: as the system says, until the reader chooses.
function listenToTheme() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = null;
  const set = () => {
    const theme = chosen ?? (system.matches ? 'dark' : 'light');
    document.documentElement.dataset.theme = theme;
    $('theme').textContent = theme === 'dark' ? 'Light' : 'Dark';
    $('theme').setAttribute('aria-label', theme === 'dark' ? 'Light colours' : 'Dark colours');
    readColours();
    draw();
  };
  system.addEventListener('change', set);
  $('theme').addEventListener('click', () => {
    chosen = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    set();
  });
  set();
}

function fromHash() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const number = Number(wanted.get('recording') ?? NaN);
  const firstBad = data.parts.findIndex((one) => !one.ok);
  choose(Number.isInteger(number) ? number : Math.max(0, firstBad), (rec) => ofLink(rec, wanted.get('event') ?? 'none'));
}

function optionOf(one, place) {
  const option = element('option', `${one.ok ? '✓' : '✗'} ${one.name}`);
  option.value = String(place);
  return option;
}

// Adds a recording to those of the page. Gives its event that `find` finds.
function take(added, find) {
  const place = data.parts.push(added) - 1;
  recordings.push(null);
  $('part').append(optionOf(added, place));
  $('part-label').hidden = false;
  return find(recordings[place] = unpack(added.recording));
}

// What plays other turns, in a page that has it.
const player = globalThis.timelinePlayer?.({
  data, state, part, element, button, choose, take, refresh: showEvent, say: (words) => { $('said').textContent = words; },
});

$('title').textContent = data.title;
$('verdict').textContent = `${data.ok ? '✓' : '✗'} ${data.verdict}`;
$('verdict').className = data.ok ? 'good' : 'bad';
$('part').replaceChildren(...data.parts.map(optionOf));
// In the list the order that passes stands behind the one that fails.
const optionAt = (place) => $('part').querySelector(`[value="${place}"]`);
data.parts.forEach(({ beside }, place) => { if (beside !== undefined) optionAt(beside).after(optionAt(place)); });
$('part-label').hidden = data.parts.length < 2;
for (const [keys, what] of KEYS.filter(([keys]) => keys)) {
  const row = element('tr');
  row.append(element('td', keys), element('td', what));
  $('keys').tBodies[0].append(row);
}
listenToTheme();
listen();
resize();
fromHash();
})();
