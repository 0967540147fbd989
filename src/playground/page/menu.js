// Select menus: strings, people, roles, channels.

import { context, state } from '/app.js';
import { avatar, el, press } from '/messages.js';

const PEOPLE = 5;
const ROLES = 6;
const BOTH = 7;
const CHANNELS = 8;

/** What a menu offers, in one form: value, label, description, icon. */
function offered(c) {
  if (c.type === 3) {
    return c.options.map((o) => ({ ...o, icon: o.emoji?.name }));
  }
  const people = state.view.people.filter((p) => p.member && !p.bot)
    .map((p) => ({ value: p.id, label: p.display, description: p.roles.join(', '), person: p }));
  const roles = (state.view.guild?.roles ?? []).map((r) => ({ value: r.id, label: r.name.startsWith('@') ? r.name : `@${r.name}` }));
  const channels = state.view.channels.filter((ch) => [0, 5].includes(ch.type))
    .map((ch) => ({ value: ch.id, label: `#${ch.name}` }));
  return { [PEOPLE]: people, [ROLES]: roles, [BOTH]: [...people, ...roles], [CHANNELS]: channels }[c.type] ?? [];
}

/** The element of a select menu. */
export function menuFor(m, c) {
  const options = offered(c);
  const most = c.max_values ?? 1;
  const least = c.min_values ?? 1;
  const chosen = new Set(options.filter((o) => o.default).map((o) => o.value));
  (c.default_values ?? []).forEach((d) => chosen.add(d.id));
  const box = el('div.select');
  const face = el('button.face', { disabled: Boolean(c.disabled), type: 'button', 'aria-haspopup': 'listbox' });
  const list = el('div.list', { role: 'listbox', hidden: true });
  const label = () => {
    const names = options.filter((o) => chosen.has(o.value)).map((o) => o.label);
    face.replaceChildren(el(`span${names.length ? '' : '.muted'}`, {}, names.join(', ') || c.placeholder || 'Make a selection'), el('span.arrow', {}, '⌄'));
  };
  const close = () => { list.hidden = true; document.removeEventListener('click', outside, true); };
  const outside = (event) => { if (!box.contains(event.target)) close(); };
  const send = async () => {
    close();
    face.disabled = true;
    face.classList.add('waiting');
    await press(m, 'select', { custom_id: c.custom_id, values: [...chosen] });
    face.disabled = Boolean(c.disabled);
    face.classList.remove('waiting');
  };
  const pick = (o) => {
    if (most === 1) {
      chosen.clear();
      chosen.add(o.value);
      label();
      send();
      return;
    }
    if (chosen.has(o.value)) chosen.delete(o.value);
    else if (chosen.size < most) chosen.add(o.value);
    label();
    fill();
  };
  const fill = () => {
    list.replaceChildren(...options.map((o) => el(`button.option${chosen.has(o.value) ? '.chosen' : ''}`, { role: 'option', type: 'button', onclick: () => pick(o) },
      o.person ? avatar(context.people.get(o.value), '.tiny') : o.icon && el('span.emoji', {}, o.icon),
      el('span', {}, el('b', {}, o.label), o.description && el('small', {}, o.description)),
      most > 1 && el('span.tick', {}, chosen.has(o.value) ? '☑' : '☐'))));
    if (!options.length) list.append(el('div.muted.pad', {}, 'Nothing to choose from.'));
    if (most > 1) {
      list.append(el('button.button.primary.done', { type: 'button', disabled: chosen.size < least, onclick: send }, 'Done'));
    }
  };
  face.onclick = () => {
    if (!list.hidden) { close(); return; }
    fill();
    list.hidden = false;
    list.classList.remove('up');
    const room = document.getElementById('log').getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
    if (room < 8) list.classList.add('up');
    document.addEventListener('click', outside, true);
    list.querySelector('button')?.focus();
  };
  box.onkeydown = (event) => {
    const all = [...list.querySelectorAll('button')];
    const at = all.indexOf(document.activeElement);
    if (event.key === 'Escape') { close(); face.focus(); }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) face.click();
      else all[(at + (event.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length]?.focus();
    }
  };
  label();
  box.append(face, list);
  return box;
}
