// The page's state, its layout, and its talk with the server. Everything shown comes from one view, fetched
// again whenever the server says that something changed.

import { dayOf } from '/text.js';
import { ICONS, avatar, el, messageElement } from '/messages.js';
import { openModal } from '/dialog.js';
import { composer } from '/composer.js';
import { strip } from '/strip.js';

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);

export const state = {
  as: asked.get('as') ?? localStorage.getItem('as') ?? '',
  channel: asked.get('channel') ?? '',
  me: '',
  view: null,
  /** Messages whose last press was not answered. */
  failed: new Set(),
  /** Notices that only this page knows, per channel. */
  notices: new Map(),
  render: () => render(),
};

/** Lookups for texts: people, roles, channels, the clock. */
export const context = { people: new Map(), roles: new Map(), channels: new Map(), now: new Date(), zone: 'UTC' };

export function toast(text) {
  const box = el('div.toast', {}, text);
  $('toasts').append(box);
  setTimeout(() => box.remove(), 6000);
}

/** A request to the server; an error comes back as `{error}` in plain words. */
export async function call(path, body) {
  try {
    const options = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`/control/${path}`, options);
    const text = await response.text();
    if (!response.ok && !text.startsWith('{')) return { error: `The playground answered ${response.status}.` };
    return JSON.parse(text);
  } catch {
    return { error: 'The playground does not answer. Is it still running?' };
  }
}

/** Does something as the chosen person, and shows what came of it. */
export async function act(verb, body, { quiet = false } = {}) {
  const channel = state.view?.open;
  const outcome = await call(verb, { user: state.me, channel, ...body });
  if (outcome.kind === 'modal') openModal(outcome);
  else if (outcome.kind === 'no_answer' && !quiet) notice(channel, 'The application did not respond.');
  else if (outcome.error && !quiet) toast(outcome.error);
  return outcome;
}

function notice(channel, text) {
  const list = state.notices.get(channel) ?? [];
  list.push(text);
  state.notices.set(channel, list);
  render();
}

/** Opens a channel. */
export function go(channel) {
  state.channel = channel;
  document.body.classList.remove('channels');
  stick = true;
  refresh();
}

/** Plays another person. */
export function become(name) {
  state.as = name;
  localStorage.setItem('as', name);
  stick = true;
  refresh();
}

let fetching = false;
let again = false;

export async function refresh() {
  if (fetching) { again = true; return; }
  fetching = true;
  const wanted = state.channel;
  const query = new URLSearchParams({ as: state.as, channel: wanted });
  const view = await call(`view?${query}`);
  fetching = false;
  if (view.error) {
    document.body.classList.add('lost');
  } else {
    document.body.classList.remove('lost');
    // Whoever has clicked on another channel meanwhile gets that one.
    if (state.channel === wanted) take(view);
    else again = true;
  }
  if (again) { again = false; refresh(); }
}

function take(view) {
  state.view = view;
  state.me = view.me;
  context.people = new Map(view.people.map((p) => [p.id, p]));
  context.roles = new Map((view.guild?.roles ?? []).map((r) => [r.id, r]));
  context.channels = new Map(view.channels.map((c) => [c.id, c]));
  context.now = new Date(view.now);
  context.zone = view.zone;
  const open = context.channels.get(view.open);
  if (!state.channel.startsWith('@') || open?.dm) state.channel = view.open ?? '';
  const address = new URLSearchParams({ as: context.people.get(view.me)?.name ?? '', channel: open?.dm ? '@bot' : open?.type >= 10 ? open.id : open?.name ?? '' });
  history.replaceState(null, '', `?${address}`);
  render();
  if (open && open.unread && document.visibilityState === 'visible') call('read', { user: state.me, channel: open.id });
}

function render() {
  const { view } = state;
  if (!view) return;
  $('guild').textContent = view.guild?.name ?? 'Direct Messages';
  $('offline').hidden = view.connected || Boolean(view.notice);
  $('notice').hidden = !view.notice;
  $('notice').textContent = view.notice ?? '';
  fill('rail', [view.guilds, view.guild?.id], () => view.guilds.map((g) => el(`button.server${g.id === view.guild?.id ? '.open' : ''}`, { title: g.name, onclick: () => go(g.first ?? '') }, g.name.split(/\s+/).map((w) => w[0]).join('').slice(0, 3))));
  channelList(view);
  const me = context.people.get(view.me);
  fill('whoami', me, () => [avatar(me), el('span', {}, el('b', {}, me?.display ?? ''), el('small', {}, [...(me?.roles ?? []), me?.admin && 'Manage Server'].filter(Boolean).join(', ') || 'no role'))]);
  title(view);
  log(view);
  strip(view);
  composer(view);
}

function channelList(view) {
  const row = (c) => {
    const thread = c.type >= 10;
    const sign = c.dm ? avatar(context.people.get(view.bot), '.tiny') : el('span.sign', {}, thread ? '⌞' : c.type === 5 ? '»' : '#');
    const badge = c.id !== view.open && c.pings > 0 ? el('span.badge', { title: `${c.pings} for you` }, String(c.pings)) : null;
    const name = c.dm ? context.people.get(view.bot)?.display : c.name;
    return el(`button.channel${thread ? '.sub' : ''}${c.id === view.open ? '.open' : ''}${c.unread && c.id !== view.open ? '.unread' : ''}`, { onclick: () => go(c.id), title: c.topic ?? '' }, sign, el('span.name', {}, name), badge);
  };
  const sorted = [...view.channels].sort((a, b) => a.position - b.position || (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  const nodes = [];
  for (const c of sorted.filter((ch) => !ch.dm && ch.type < 10)) {
    if (c.type === 4) { nodes.push(el('h3', {}, c.name)); continue; }
    nodes.push(row(c));
    const threads = sorted.filter((t) => t.parent === c.id && t.type >= 10);
    const shown = threads.filter((t) => !t.archived || t.id === view.open).slice(-8);
    nodes.push(...shown.map(row));
  }
  if (!view.channels.some((c) => c.type === 4)) nodes.unshift(el('h3', {}, 'Text channels'));
  const dm = view.channels.find((c) => c.dm);
  nodes.push(el('h3', {}, 'Direct messages'));
  const bot = context.people.get(view.bot);
  nodes.push(dm ? row(dm) : el('button.channel', { onclick: () => go('@bot') }, avatar(bot, '.tiny'), el('span.name', {}, bot?.display ?? 'Bot')));
  fill('channels', [view.channels, view.open, view.me], () => nodes);
}

function title(view) {
  const open = context.channels.get(view.open);
  const parent = context.channels.get(open?.parent);
  // Where there is no room for both, the channels come over the messages.
  const parts = [el('button.to-channels', { title: 'Channels', onclick: () => document.body.classList.toggle('channels') }, '☰')];
  if (open?.dm) parts.push(avatar(context.people.get(view.bot), '.tiny'), context.people.get(view.bot)?.display ?? '');
  else if (open?.type >= 10) {
    parts.push(el('button.link', { onclick: () => go(parent.id) }, `# ${parent?.name ?? ''}`), el('span.muted', {}, '›'), el('b', {}, open.name), open.archived && el('span.tag.grey', {}, 'archived'));
  } else parts.push(el('span.sign', {}, '#'), el('b', {}, open?.name ?? ''), open?.topic && el('span.topic', {}, open.topic));
  fill('title', [open, view.me], () => parts);
  document.title = open ? `${open.dm ? 'Direct message' : `#${open.name}`} · Playground` : 'Playground';
}

const built = new Map();
let shownChannel = '';
let stick = true;
let atBottom = true;

/** Keeps the newest message in sight when the log's height or an image changes, if it was in sight. */
export function settle() {
  if (atBottom) $('log').scrollTop = $('log').scrollHeight;
}
$('log').addEventListener('scroll', () => { atBottom = $('log').scrollHeight - $('log').scrollTop - $('log').clientHeight < 60; });
new ResizeObserver(settle).observe($('log'));

/** Fills a box, unless it shows the same already: whoever stands on a button there keeps it. */
function fill(id, key, nodes) {
  const box = $(id);
  const signature = JSON.stringify(key);
  if (box.dataset.key === signature) return;
  box.dataset.key = signature;
  box.replaceChildren(...nodes().filter(Boolean));
}

function log(view) {
  const box = $('log');
  if (shownChannel !== `${view.open}/${view.me}`) {
    shownChannel = `${view.open}/${view.me}`;
    built.clear();
    stick = true;
  } else {
    stick = stick || atBottom;
  }
  const nodes = [];
  const open = context.channels.get(view.open);
  if (view.earlier) nodes.push(el('div.muted.pad', {}, `${view.earlier} earlier messages are not shown.`));
  else nodes.push(welcome(view, open));
  if (view.parent_message) nodes.push(messageElement({ ...view.parent_message, thread: null }, false), el('div.divider', {}, el('span', {}, 'Thread')));
  let last = null;
  for (const m of view.messages) {
    const day = dayOf(m.timestamp, context);
    const newDay = !last || dayOf(last.timestamp, context) !== day;
    if (newDay) nodes.push(el('div.divider', {}, el('span', {}, day)));
    const compact = !newDay && last.by === m.by && !m.used?.original && !m.message_reference && !m.only_for === !last.only_for
      && new Date(m.timestamp) - new Date(last.timestamp) < 7 * 60000;
    // Stamps and threads change without the message; they are part of what it is built from.
    const moving = JSON.stringify(m).includes('<t:') ? view.now.slice(0, 16) : '';
    const key = JSON.stringify([m, compact, state.failed.has(m.id), moving, m.timestamp.slice(0, 10) === view.now.slice(0, 10), context.channels.get(m.id)?.count, view.commands.length]);
    let kept = built.get(m.id);
    if (kept?.key !== key) {
      kept = { key, node: messageElement(m, compact) };
      built.set(m.id, kept);
    }
    nodes.push(kept.node);
    last = m;
  }
  for (const text of state.notices.get(view.open) ?? []) {
    nodes.push(el('article.message.notice', {}, avatar(context.people.get(view.bot)), el('div.body', {}, el('div.failed', {}, text),
      el('div.only', {}, ICONS.eye(), ' Only you can see this · ', el('button.link', { onclick: () => { state.notices.delete(view.open); render(); } }, 'Dismiss message')))));
  }
  if (view.typing) nodes.push(el('div.typing', {}, el('i.dots'), `${context.people.get(view.bot)?.display} is typing…`));
  sync(box, nodes);
  if (stick) { box.scrollTop = box.scrollHeight; atBottom = true; }
  stick = false;
}

/** Puts exactly these nodes into a box, leaving those that stay untouched. */
function sync(box, nodes) {
  const keep = new Set(nodes);
  [...box.childNodes].forEach((n) => keep.has(n) || n.remove());
  nodes.forEach((node, at) => { if (box.childNodes[at] !== node) box.insertBefore(node, box.childNodes[at] ?? null); });
}

function welcome(view, open) {
  const name = open?.dm ? `your conversation with ${context.people.get(view.bot)?.display}` : open?.type >= 10 ? open.name : `#${open?.name ?? ''}`;
  const hint = view.messages.length ? '' : 'Nothing here yet. Type / below to see what the bot can do.';
  return el('div.welcome', {}, el('span.big', {}, open?.dm ? ICONS.bell() : '#'), el('h2', {}, open?.dm ? 'Direct messages' : `Welcome to ${name}`), el('p.muted', {}, open?.topic ?? `This is the start of ${name}.`), el('p.muted', {}, hint));
}

new EventSource('/control/events').onmessage = () => refresh();
document.addEventListener('visibilitychange', () => refresh());
document.addEventListener('click', (event) => {
  const channel = event.target.closest?.('.mention.to-channel')?.dataset.channel;
  if (channel) go(channel);
  event.target.closest?.('.spoiler')?.classList.add('seen');
});
const first = JSON.parse($('first').textContent);
if (first && asked.has('as')) take(first);
else refresh();
