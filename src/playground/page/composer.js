// The message box: plain words, the command palette, and a command's options as fields.

import { act, call, context, state, toast } from '/app.js';
import { el } from '/messages.js';
import { commandForm } from '/options.js';

const box = () => document.getElementById('composer');
let form = null;
let text = null;
let palette = null;
let at = 0;
let found = [];

/** Brings the box up to date: its hint, and whether a command is being filled in. */
export function composer(view) {
  if (!text && !form) plain('');
  if (text) {
    const open = context.channels.get(view.open);
    const name = open?.dm ? context.people.get(view.bot)?.display : open?.type >= 10 ? `“${open.name}”` : `#${open?.name ?? ''}`;
    text.placeholder = `Message ${name}, or type / for commands`;
  }
}

/** Every command with its full name: `lead new`, `setup holidays add`. */
export function leaves() {
  const out = [];
  const walk = (node, path) => {
    const subs = (node.options ?? []).filter((o) => o.type === 1 || o.type === 2);
    if (subs.length) subs.forEach((s) => walk(s, [...path, s.name]));
    else out.push({ path, name: path.join(' '), description: node.description, options: node.options ?? [] });
  };
  state.view.commands.filter((c) => (c.type ?? 1) === 1).forEach((c) => walk(c, [c.name]));
  return out.sort((a, b) => a.name.localeCompare(b.name));
}

/** Fills the box with a line, as if it had been typed. */
export function insertCommand(line) {
  plain(line);
  text.focus();
  recognise();
}

function plain(value) {
  form = null;
  palette = el('div.palette', { hidden: true, role: 'listbox' });
  text = el('textarea.box', { rows: 1, value, spellcheck: false, 'aria-label': 'Message' });
  text.oninput = () => { grow(); recognise(); };
  text.onkeydown = keys;
  box().replaceChildren(palette, el('div.line', {}, text));
  composer(state.view);
  grow();
}

function grow() {
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight, 220)}px`;
}

/** Opens the palette, or the form of a command whose name is complete. */
function recognise() {
  const value = text.value;
  if (!value.startsWith('/')) { palette.hidden = true; return; }
  const typed = value.slice(1);
  const whole = leaves().filter((l) => typed === `${l.name} ` || typed.startsWith(`${l.name} `)).sort((a, b) => b.name.length - a.name.length)[0];
  if (whole) { start(whole, typed.slice(whole.name.length + 1)); return; }
  const needle = typed.trim().toLowerCase();
  const score = (l) => (l.name.startsWith(needle) ? 0 : l.path.some((p) => p.startsWith(needle)) ? 1 : l.name.includes(needle) || l.description.toLowerCase().includes(needle) ? 2 : 9);
  found = leaves().filter((l) => score(l) < 9).sort((a, b) => score(a) - score(b) || a.name.localeCompare(b.name)).slice(0, 60);
  at = 0;
  list();
}

function list() {
  palette.hidden = false;
  const bot = context.people.get(state.view.bot)?.display;
  const nothing = state.view.commands.length ? `No command matches “${text.value}”.` : context.channels.get(state.view.open)?.dm ? 'The bot’s commands are used in the server’s channels.' : 'The bot has registered no commands here yet.';
  palette.replaceChildren(el('h4', {}, found.length ? `${bot} commands` : nothing),
    ...found.map((l, n) => el(`button.entry${n === at ? '.at' : ''}`, { role: 'option', onmousedown: (e) => { e.preventDefault(); start(l, ''); } },
      el('span', {}, el('b', {}, `/${l.name}`), ...l.options.slice(0, 6).map((o) => el(`span.hint${o.required ? '.must' : ''}`, {}, o.name)), l.options.length > 6 && el('span.hint', {}, `+${l.options.length - 6}`)),
      el('small', {}, l.description))));
  palette.querySelector('.at')?.scrollIntoView({ block: 'nearest' });
}

function start(leaf, rest) {
  text = null;
  form = commandForm(leaf, rest, {
    close: (left) => { plain(left ?? ''); text.focus(); },
    send: (options) => act('invoke', { command: `/${leaf.name}`, options }, { quiet: false }),
  });
  box().replaceChildren(form);
  form.begin();
}

async function keys(event) {
  if (!palette.hidden) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && found.length) { event.preventDefault(); at = (at + move + found.length) % found.length; list(); return; }
    if ((event.key === 'Enter' || event.key === 'Tab') && found.length) { event.preventDefault(); start(found[at], ''); return; }
    if (event.key === 'Escape') { palette.hidden = true; return; }
  }
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    const line = text.value.trim();
    if (!line) return;
    if (line.startsWith('/')) { toast(`There is no command ${line.split(/\s+/).slice(0, 2).join(' ')}.`); return; }
    text.value = '';
    grow();
    const answer = await call('type', { user: state.me, channel: state.view.open, text: line });
    if (answer.error) { toast(answer.error); text.value = line; }
  }
}
