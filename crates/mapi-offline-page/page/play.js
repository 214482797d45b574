// Plays a scenario in a page. The module of WebAssembly in the page answers requests as `crates/mapi-offline-play` says;
// the timeline shows what came of them. In these recordings the turn of the number n is at n microseconds.
'use strict';
// Called by the timeline with what it shares: the data of the page, its state, and how it makes elements.
globalThis.timelinePlayer = ({ data, state, part, element, button, choose, take, refresh, say }) => {
const encoder = new TextEncoder(), decoder = new TextDecoder();
let loading = null;

// The functions of the module, once it has been unpacked.
function loaded() {
  return loading ??= (async () => {
    const binary = atob(document.getElementById('module').textContent), packed = new Uint8Array(binary.length);
    for (let i = 0; i < packed.length; i++) packed[i] = binary.charCodeAt(i);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    const bytes = await new Response(stream).arrayBuffer();
    return (await WebAssembly.instantiate(bytes, {})).instance.exports;
  })();
}

async function ask(request) {
  const module = await loaded(), bytes = encoder.encode(JSON.stringify(request));
  // A call may make the memory larger, and then its buffer is another.
  const at = module.request(bytes.length) >>> 0;
  new Uint8Array(module.memory.buffer, at, bytes.length).set(bytes);
  const length = module.answer() >>> 0, from = module.answer_bytes() >>> 0;
  const answer = JSON.parse(decoder.decode(new Uint8Array(module.memory.buffer, from, length)));
  if (answer.error) throw new Error(answer.error);
  return answer;
}

// What is played of a part, in an order that begins with `schedule`.
function play({ play: { text, policy, kept }, source }, schedule) {
  return ask({ name: data.sources[source]?.name ?? '', text, policy, kept, schedule });
}

const labelsOf = (turns) => turns.map(({ possible, chosen }) => possible[chosen]);

// Adds what came of an order to the recordings of the page, and shows it from its turn `from` on.
async function add(one, schedule, from, name) {
  const answer = await play(one, schedule), [made] = answer.page.parts;
  Object.assign(data.rules, answer.page.rules);
  Object.assign(data.findings, answer.page.findings);
  const { turns, finding } = answer;
  const added = { ...made, name, source: one.source, turns, finding, play: { ...one.play, schedule: labelsOf(turns) } };
  const event = take(added, (rec) => rec.time.findIndex((time) => time >= from));
  choose(data.parts.length - 1, () => Math.max(0, event));
  say(`${name}. ${added.notes.join(' ')}`);
}

// Learns what was possible at each turn of a part that was recorded before.
async function learn(one) {
  if (one.isLearning) return;
  one.isLearning = true;
  try {
    const { turns, finding } = await play(one, one.play.schedule);
    Object.assign(one, { turns, finding });
  } catch (error) {
    one.trouble = error.message;
  }
  if (part() === one) refresh();
}

// Does something that may fail, and says why if it does.
function trying(act) {
  return async () => {
    const one = part();
    try { await act(one); } catch (error) { one.trouble = error.message; refresh(); }
  };
}

// As a string of TOML: one of JSON, but for what JSON lets stand as it is.
const quoted = (words) => JSON.stringify(words).replaceAll('\u007f', '\\u007f');

// The order of a part as a replay, as `mapisim replay` reads it.
function replayOf(one) {
  const schedule = `[${labelsOf(one.turns).map(quoted).join(', ')}]`;
  const lines = one.play.replay.split('\n').map((line) => {
    if (line === 'finding = ""') return `finding = ${quoted(one.finding)}`;
    return line === 'schedule = []' ? `schedule = ${schedule}` : line;
  });
  return lines.join('\n');
}

function save(one) {
  const link = element('a'), address = URL.createObjectURL(new Blob([replayOf(one)], { type: 'application/toml' }));
  link.href = address;
  link.download = 'replay.toml';
  link.click();
  // The browser may read it a little later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// What else was possible where an event is, to be played.
function section(rec, i) {
  const one = part(), made = element('section');
  if (!one.play) return [];
  made.id = 'play';
  made.setAttribute('aria-label', 'Another turn');
  made.append(element('h2', 'Another turn'));
  if (one.trouble) made.append(element('p', `✗ It could not be played: ${one.trouble}.`, 'sign-error'));
  else if (!one.play.schedule) made.append(...inTurns());
  else if (!one.turns) { made.append(element('p', 'Looking what was possible …', 'quiet')); learn(one); }
  else for (let turn = firstTurn(rec, i); turn <= Math.max(1, rec.time[i]); turn++) made.append(...possible(one, turn));
  if (one.turns) made.append(button('Save this order as a replay', () => save(one)));
  return [made];
}

// A run keeps the times of its file. Turns are chosen in an order in which times do not bind.
function inTurns() {
  const begin = trying((one) => add(one, [], 0, 'Played: the order of the file'));
  return [element('p', 'This run kept the times of its file. In turns, anybody who can act may act.'), button('Play it in turns', begin)];
}

// The first turn that belongs to an event: in some turns nothing happens that has an event, and they stand at the next.
function firstTurn(rec, i) {
  let before = i - 1;
  while (before >= 0 && rec.time[before] === rec.time[i]) before--;
  return before < 0 ? 1 : Math.min(rec.time[before] + 1, rec.time[i]);
}

function possible(one, number) {
  const turn = one.turns[number - 1];
  if (!turn) return [element('p', 'Nothing more was possible here.', 'quiet')];
  const list = element('ul');
  list.append(...turn.possible.map((label, place) => {
    const item = element('li');
    const other = trying(() => add(one, [...labelsOf(one.turns.slice(0, number - 1)), label], number, `Played: ${label} as turn ${number}`));
    item.append(place === turn.chosen ? element('span', `✓ ${label}`) : button(`▷ ${label}`, other));
    return item;
  }));
  const words = turn.possible.length > 1 ? 'One of these could go next:' : 'Only this could go next:';
  return [element('p', `Turn ${number} of ${one.turns.length}. ${words}`), list];
}

return { section };
};
