// A command being filled in: one field per option, suggestions as they are typed.

import { call, context, state, toast } from '/app.js';
import { avatar, el } from '/messages.js';

const ATTACHMENT = 11;
const WAIT = 150;

/** The form of a command; `rest` is what was typed after its name. */
export function commandForm(leaf, rest, { close, send }) {
  const chips = [];
  const pop = el('div.palette', { hidden: true, role: 'listbox' });
  const line = el('div.line.form');
  const more = el('span.more');
  const root = el('div', {}, pop, line);
  let current = null;
  let choices = [];
  let at = -1;
  let asked = 0;

  const bare = (value) => (typeof value === 'string' ? value.replace(/^"([^"]*)"$/, '$1') : value);
  const values = () => Object.fromEntries(chips.filter((c) => c.value !== '').map((c) => [c.option.name, bare(c.value)]));
  const unused = () => leaf.options.filter((o) => !chips.some((c) => c.option === o));

  function draw() {
    const left = unused();
    more.replaceChildren(...(left.length ? [el('button', { type: 'button', title: left.map((o) => o.name).join(', '), onclick: () => { current = null; offerOptions(); } }, `+${left.length} optional`)] : []));
    line.replaceChildren(el('span.token', {}, `/${leaf.name}`), ...chips.map((c) => c.node), more, el('button.go', { type: 'button', title: 'Send (Enter)', onclick: submit }, '➤'));
  }

  function add(option, value = '') {
    const chip = { option, value, shown: value };
    chip.input = el('input', { value, size: Math.max(value.length, 4), spellcheck: false, autocomplete: 'off', 'aria-label': option.name });
    if (option.type === ATTACHMENT && value) {
      // A file that lies ready; its name says which.
      chip.input.readOnly = true;
    } else if (option.type === ATTACHMENT) {
      chip.input.type = 'file';
      chip.input.onchange = () => upload(chip);
    } else {
      chip.input.oninput = () => { if (jump(chip)) return; chip.typed = true; chip.value = chip.input.value; fit(chip); suggest(chip, WAIT); };
    }
    chip.input.onfocus = () => { current = chip; suggest(chip, 0); };
    chip.input.onkeydown = (event) => keys(event, chip);
    chip.node = el(`label.chip${option.required ? '.must' : ''}`, {}, el('span.name', {}, option.name), chip.input);
    chips.push(chip);
    fit(chip);
    draw();
    return chip;
  }

  /** Who types `option:` wants that option, as in a line typed without looking. */
  function jump(chip) {
    const m = /^(.*?)(?:^|\s)([^\s:]+):$/s.exec(chip.input.value);
    const option = m && leaf.options.find((o) => o.name === m[2]);
    if (!option || (m[1].startsWith('"') && !m[1].trim().endsWith('"'))) return false;
    chip.input.value = m[1].trim();
    chip.value = chip.input.value;
    chip.typed = false;
    fit(chip);
    (chips.find((c) => c.option === option) ?? add(option)).input.focus();
    return true;
  }

  const fit = (chip) => {
    if (chip.input.type !== 'file') chip.input.style.width = `calc(${Math.min(Math.max(chip.input.value.length, 5), 46)}ch + 22px)`;
    chip.node.classList.remove('wrong');
  };

  async function upload(chip) {
    const file = chip.input.files[0];
    if (!file) return;
    const query = new URLSearchParams({ name: file.name, type: file.type || 'application/octet-stream' });
    const response = await fetch(`/control/upload?${query}`, { method: 'POST', body: file });
    if (!response.ok) { toast('The file could not be taken: 32 MB is the most.'); return; }
    chip.value = (await response.json()).id;
    chip.node.classList.remove('wrong');
  }

  /** What may go into an option: fixed choices, people, roles, channels, or what the bot suggests. */
  async function suggest(chip, wait) {
    const { option } = chip;
    const needle = chip.input.value.toLowerCase().replace(/^[@#]/, '');
    const match = (list) => list.filter((c) => c.name.toLowerCase().includes(needle)).slice(0, 25);
    const people = () => state.view.people.filter((p) => p.member).map((p) => ({ name: p.display, value: p.id, note: p.roles.join(', '), person: p }));
    const roles = () => (state.view.guild?.roles ?? []).map((r) => ({ name: r.name, value: r.id }));
    asked += 1;
    const mine = asked;
    if (option.choices?.length) offer(chip, match(option.choices));
    else if (option.type === 5) offer(chip, match([{ name: 'True', value: true }, { name: 'False', value: false }]));
    else if (option.type === 6) offer(chip, match(people()));
    else if (option.type === 8) offer(chip, match(roles()));
    else if (option.type === 9) offer(chip, match([...people(), ...roles()]));
    else if (option.type === 7) {
      const kinds = option.channel_types?.length ? option.channel_types : [0, 5, 10, 11, 12];
      offer(chip, match(state.view.channels.filter((c) => !c.dm && kinds.includes(c.type)).map((c) => ({ name: c.name, value: c.id }))));
    } else if (option.autocomplete) {
      offer(chip, [], wait ? choices.length ? null : 'Loading…' : 'Loading…');
      if (wait) await new Promise((resume) => { setTimeout(resume, wait); });
      if (mine !== asked) return;
      const body = { user: state.me, channel: state.view.open, command: `/${leaf.name}`, options: { ...values(), [option.name]: chip.input.value }, focused: option.name };
      const answer = await call('autocomplete', body);
      if (mine !== asked || current !== chip) return;
      const failed = answer.kind === 'no_answer' ? 'Loading options failed: the bot did not answer.' : answer.error;
      offer(chip, answer.choices ?? [], failed ?? (answer.choices?.length ? null : 'No options match your search.'));
    } else offer(chip, []);
  }

  function offer(chip, list, note = null) {
    if (note !== 'Loading…' || !choices.length) { choices = list; at = list.length && chip.typed && chip.input.value ? 0 : -1; }
    drawChoices(chip, note);
  }

  function drawChoices(chip, note) {
    const { option } = chip;
    const kind = { 4: ' · a whole number', 10: ' · a number', [ATTACHMENT]: ' · a file' }[option.type] ?? '';
    pop.hidden = false;
    pop.replaceChildren(el('h4', {}, el('b', {}, option.name), option.required ? ' · required' : '', kind), el('p', {}, option.description),
      ...(note ? [el('p.muted', {}, note)] : []),
      ...choices.map((c, n) => el(`button.entry${n === at ? '.at' : ''}`, { type: 'button', role: 'option', onmousedown: (e) => { e.preventDefault(); pick(chip, c); } },
        el('span', {}, c.person && avatar(c.person, '.tiny'), el('b.plain', {}, c.name)), c.note && el('small', {}, c.note))));
    pop.querySelector('.at')?.scrollIntoView({ block: 'nearest' });
  }

  function offerOptions() {
    const left = unused();
    choices = left.map((o) => ({ option: o }));
    at = 0;
    pop.hidden = left.length === 0;
    pop.replaceChildren(el('h4', {}, 'Options'), ...left.map((o) => el('button.entry', { type: 'button', onmousedown: (e) => { e.preventDefault(); add(o).input.focus(); } }, el('span', {}, el('b.plain', {}, o.name)), el('small', {}, o.description))));
  }

  function pick(chip, choice) {
    chip.value = choice.value;
    chip.typed = false;
    chip.input.value = choice.name;
    fit(chip);
    next(chip);
  }

  /** On to the next field that is empty, else stay. */
  function next(chip) {
    const order = [...chips.slice(chips.indexOf(chip) + 1), ...chips];
    const empty = order.find((c) => c.value === '' && c !== chip);
    pop.hidden = true;
    choices = [];
    if (empty) empty.input.focus();
    else chip.input.focus({ preventScroll: true });
    if (!empty) { pop.hidden = true; }
  }

  async function keys(event, chip) {
    const open = !pop.hidden && choices.length > 0;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && move) {
      event.preventDefault();
      at = (at + move + choices.length) % choices.length;
      drawChoices(chip, null);
    } else if (event.key === 'Tab' && !event.shiftKey) {
      event.preventDefault();
      if (open && choices[Math.max(at, 0)] && chip.input.value !== choices[Math.max(at, 0)].name && (at >= 0)) pick(chip, choices[at]);
      else {
        const after = chips[chips.indexOf(chip) + 1];
        const left = unused();
        if (after) after.input.focus();
        else if (left.length) add(left[0]).input.focus();
      }
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const chosen = open && at >= 0 ? choices[at] : null;
      const already = chosen && chip.input.value === chosen.name && chip.value === chosen.value;
      if (chosen && !already) pick(chip, chosen);
      else submit();
    } else if (event.key === 'Escape') {
      if (pop.hidden) close('');
      else pop.hidden = true;
    } else if (event.key === 'Backspace' && chip.input.value === '') {
      event.preventDefault();
      const before = chips[chips.indexOf(chip) - 1];
      if (chip.option.required || chips.length === 1) { if (!before) close(`/${leaf.name}`); else before.input.focus(); return; }
      chips.splice(chips.indexOf(chip), 1);
      draw();
      (before ?? chips[0])?.input.focus();
    }
  }

  async function submit() {
    const missing = chips.filter((c) => c.option.required && c.value === '');
    if (missing.length) {
      missing.forEach((c) => c.node.classList.add('wrong'));
      current = missing[0];
      missing[0].input.focus();
      pop.append(el('p.problem', { role: 'alert' }, 'This option is required. Specify a value.'));
      return;
    }
    line.classList.add('waiting');
    const answer = await send(values());
    line.classList.remove('waiting');
    // What the server would not send stays in the box, to be mended.
    if (answer?.error && answer.kind !== 'no_answer') {
      pop.hidden = false;
      pop.replaceChildren(el('p.problem', { role: 'alert' }, answer.error));
      return;
    }
    close('');
  }

  function again(chip, given) {
    chips.splice(chips.indexOf(chip), 1);
    return add(chip.option, given);
  }

  /** Reads `option:value option:"two words"` into fields. */
  function fill(typed) {
    const names = leaf.options.map((o) => o.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    if (!names) return;
    const pattern = new RegExp(`(?:^|\\s)(${names}):(?:"([^"]*)"|(.*?))(?=\\s+(?:${names}):|\\s*$)`, 'gs');
    for (const m of typed.matchAll(pattern)) {
      const option = leaf.options.find((o) => o.name === m[1]);
      const given = m[2] ?? m[3];
      const there = chips.find((c) => c.option === option);
      // A field for choosing a file cannot be filled in by a script: one that shows the name takes its place.
      const chip = there?.input.type === 'file' ? again(there, given) : there ?? add(option, given);
      chip.value = given;
      chip.input.value = given;
      fit(chip);
    }
  }

  leaf.options.filter((o) => o.required).forEach((o) => add(o));
  fill(rest);
  draw();
  root.addEventListener('focusout', () => setTimeout(() => { if (!root.contains(document.activeElement)) pop.hidden = true; }, 100));
  root.begin = () => {
    const first = chips.find((c) => c.value === '') ?? chips[chips.length - 1];
    if (first) { first.input.focus(); return; }
    // A command without required options: keys still work on its name.
    const token = line.querySelector('.token');
    token.tabIndex = 0;
    token.onkeydown = (event) => {
      if (event.key === 'Enter') submit();
      else if (event.key === 'Backspace') close(`/${leaf.name}`);
      else if (event.key === 'Escape') close('');
      else if (event.key === 'Tab' && unused().length) { event.preventDefault(); add(unused()[0]).input.focus(); }
    };
    token.focus();
    offerOptions();
  };
  return root;
}
