// One message as Discord shows it: author, text, embeds, files, buttons and menus.

import { esc, markdown, shortTime, when } from '/text.js';
import { act, context, go, settle, state, toast } from '/app.js';
import { menuFor } from '/menu.js';

/** An element from a tag with classes, properties and children. */
export function el(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(' ');
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key in node && key !== 'style') node[key] = value;
    else if (value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((c) => c != null && c !== false));
  return node;
}

const html = (tag, inner) => { const node = el(tag); node.innerHTML = inner; return node; };

/** Drawn rather than written, so that they look the same without an emoji font. */
const ICONS_PATHS = {
  bell: 'M12 2a2 2 0 0 0-2 2v.3A6.5 6.5 0 0 0 5.5 10.500v4L3.500 17v1.500h17V17l-2-2.500v-4A6.500 6.500 0 0 0 14 4.300V4a2 2 0 0 0-2-2Zm-2.500 17.800a2.600 2.600 0 0 0 5 0Z',
  eye: 'M12 5C6 5 2 12 2 12s4 7 10 7 10-7 10-7-4-7-10-7Zm0 11a4 4 0 1 1 0-8 4 4 0 0 1 0 8Zm0-2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  file: 'M6 2h8l5 5v15H5V3a1 1 0 0 1 1-1Zm7 1.500V8h4.500Z',
};
const svg = (path) => () => html('span', `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`).firstChild;
export const ICONS = Object.fromEntries(Object.entries(ICONS_PATHS).map(([name, path]) => [name, svg(path)]));

export function avatar(person, size = '') {
  const face = person?.bot ? ICONS.bell() : (person?.display ?? '?').slice(0, 1).toUpperCase();
  return el(`span.avatar${size}`, { style: `background:${esc(person?.color ?? '#5865f2')}`, 'aria-hidden': 'true' }, face);
}

/** The element of a message; `compact` leaves out what the message above says already. */
export function messageElement(m, compact) {
  const author = context.people.get(m.by);
  const pinged = m.pinged.includes(state.me);
  const box = el(`article.message${compact ? '.compact' : ''}${pinged ? '.pinged' : ''}${m.only_for ? '.ephemeral' : ''}`, { 'data-id': m.id });
  const used = m.used?.command && m.used.original ? context.people.get(m.used.by) : null;
  if (used) {
    box.append(el('div.used', {}, avatar(used, '.tiny'), el('b', {}, used.display), ' used ', el('span.mention.command', {}, `/${m.used.name}`)));
  } else if (m.message_reference && m.referenced_message) {
    const to = context.people.get(m.referenced_message.author?.id);
    box.append(el('div.used', {}, avatar(to, '.tiny'), el('b', {}, to?.display ?? ''), ' ', (m.referenced_message.content || 'Click to see the message').slice(0, 90)));
  }
  const body = el('div.body');
  if (compact) {
    box.append(el('time.gutter', {}, shortTime(m.timestamp, context)));
  } else {
    box.append(avatar(author));
    const name = el('span.author', { style: `color:${author?.bot ? '#f2f3f5' : esc(author?.color ?? '')}` }, author?.display ?? 'unknown');
    body.append(el('header', {}, name, author?.bot && el('span.tag', {}, 'APP'), el('time', {}, when(m.timestamp, context))));
  }
  if (m.loading) body.append(el('div.thinking', {}, el('i.dots'), `${author?.display ?? 'The bot'} is thinking…`));
  if (m.content) {
    const text = html('div.text', markdown(m.content, context));
    if (m.edited_timestamp) text.append(edited(m));
    body.append(text);
  }
  const shownInEmbeds = new Set(m.embeds.flatMap((e) => [e.image?.url, e.thumbnail?.url]));
  m.attachments.filter((a) => !shownInEmbeds.has(a.url)).forEach((a) => body.append(attachmentElement(a)));
  m.embeds.forEach((e) => body.append(embedElement(e)));
  if (m.edited_timestamp && !m.content && m.embeds.length) body.append(edited(m));
  m.components.forEach((row) => body.append(rowElement(m, row)));
  if (m.thread) body.append(threadChip(m.thread));
  if (m.only_for) {
    body.append(el('div.only', {}, ICONS.eye(), ' Only you can see this · ', el('button.link', { onclick: () => act('dismiss', { message: m.id }) }, 'Dismiss message')));
  }
  if (state.failed.has(m.id)) body.append(el('div.failed', {}, 'This interaction failed: the bot did not answer in 3 seconds.'));
  box.append(body);
  const menus = state.view.commands.filter((c) => c.type === 3);
  if (!m.only_for && menus.length) {
    const tools = el('div.tools', {}, ...menus.map((c) => el('button', { title: `Apps: ${c.name}`, onclick: () => act('menu', { message: m.id, name: c.name }) }, c.name)));
    box.append(tools);
  }
  return box;
}

const edited = (m) => el('span.edited', { title: when(m.edited_timestamp, context) }, ' (edited)');

function threadChip(thread) {
  const count = context.channels.get(thread.id)?.count ?? thread.message_count ?? 0;
  return el('button.thread', { onclick: () => go(thread.id) },
    el('b', {}, thread.name), el('span.blue', {}, `${count} message${count === 1 ? '' : 's'} ›`),
    thread.thread_metadata?.archived && el('span.muted', {}, 'archived'));
}

function attachmentElement(a) {
  if (/^image\/(png|jpe?g|gif|webp)/.test(a.content_type)) {
    return el('a.image', { href: a.url, target: '_blank', rel: 'noreferrer' }, el('img', { src: a.url, alt: a.description ?? a.filename, onload: settle }));
  }
  const size = a.size < 1024 ? `${a.size} bytes` : `${(a.size / 1024).toFixed(1)} KB`;
  return el('div.file', {}, ICONS.file(), el('span', {}, el('a', { href: a.url, download: a.filename }, a.filename), el('small', {}, size)));
}

function embedElement(e) {
  const colour = e.color != null ? `#${e.color.toString(16).padStart(6, '0')}` : '#1e1f22';
  const box = el('section.embed', { style: `border-color:${colour}` });
  const main = el('div.main');
  if (e.author) main.append(el('div.by', {}, e.author.url ? el('a', { href: e.author.url, target: '_blank', rel: 'noreferrer' }, e.author.name) : e.author.name));
  if (e.title) {
    const title = html('div.title', markdown(e.title, context));
    main.append(e.url ? el('a.title', { href: e.url, target: '_blank', rel: 'noreferrer' }, title) : title);
  }
  if (e.description) main.append(html('div.description', markdown(e.description, context)));
  if (e.fields?.length) main.append(fieldGrid(e.fields));
  if (e.image) main.append(el('a.image', { href: e.image.url, target: '_blank', rel: 'noreferrer' }, el('img', { src: e.image.url, alt: 'image', onload: settle })));
  if (e.footer || e.timestamp) {
    const parts = [e.footer?.text, e.timestamp && when(e.timestamp, context)].filter(Boolean);
    main.append(el('footer', {}, parts.join(' • ')));
  }
  box.append(main);
  if (e.thumbnail) box.append(el('img.thumbnail', { src: e.thumbnail.url, alt: '', onerror: (event) => event.target.remove() }));
  return box;
}

/** Inline fields stand up to three in a line, as Discord lays them out. */
function fieldGrid(fields) {
  const grid = el('div.fields');
  let line = [];
  const flush = () => {
    line.forEach((f, n) => {
      const span = 12 / line.length;
      const node = el('div', { style: `grid-column:${n * span + 1}/${(n + 1) * span + 1}` });
      node.append(html('div.name', markdown(f.name, context)), html('div.value', markdown(f.value, context)));
      grid.append(node);
    });
    line = [];
  };
  for (const f of fields) {
    if (!f.inline) { flush(); line = [f]; flush(); continue; }
    line.push(f);
    if (line.length === 3) flush();
  }
  flush();
  return grid;
}

function rowElement(m, row) {
  const box = el('div.row');
  for (const c of row.components) box.append(c.type === 2 ? buttonElement(m, c) : menuFor(m, c));
  return box;
}

const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link' };

function buttonElement(m, c) {
  const emoji = c.emoji?.name ? el('span.emoji', {}, c.emoji.name) : null;
  if (c.style === 5) {
    return el('a.button.secondary', { href: c.url, target: '_blank', rel: 'noreferrer' }, emoji, el('span', {}, c.label ?? ''), ' ↗');
  }
  const button = el(`button.button.${STYLES[c.style] ?? 'secondary'}`, { disabled: Boolean(c.disabled) }, emoji, el('span', {}, c.label ?? ''));
  button.onclick = async () => {
    button.classList.add('waiting');
    button.disabled = true;
    await press(m, 'press', { custom_id: c.custom_id });
    button.classList.remove('waiting');
    button.disabled = Boolean(c.disabled);
  };
  return button;
}

/** Presses or selects; a press without an answer is told under its message. */
export async function press(m, verb, body) {
  state.failed.delete(m.id);
  const outcome = await act(verb, { message: m.id, ...body }, { quiet: true });
  if (outcome?.kind === 'no_answer') {
    state.failed.add(m.id);
    state.render();
  } else if (outcome?.error) {
    toast(outcome.error);
  }
}
