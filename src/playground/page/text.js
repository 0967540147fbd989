// Discord's markdown, as HTML that holds nothing but what is made here: all text from outside is escaped.

export const esc = (s) => String(s).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

const format = (date, zone, options) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(date);
const TIME = { hour: '2-digit', minute: '2-digit' };
const DATE = { day: 'numeric', month: 'long', year: 'numeric' };

/** "in 3 hours", "2 days ago", from the team's clock. */
export function relative(date, now) {
  const seconds = Math.round((date - now) / 1000);
  const units = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.round(seconds / size), unit);
}

/** A `<t:…>` stamp in one of Discord's styles. */
export function stamp(unix, style, { now, zone }) {
  const date = new Date(unix * 1000);
  const at = (options) => format(date, zone, options);
  switch (style) {
    case 't': return at(TIME);
    case 'T': return at({ ...TIME, second: '2-digit' });
    case 'd': return at({ day: '2-digit', month: '2-digit', year: 'numeric' });
    case 'D': return at(DATE);
    case 'F': return `${at({ weekday: 'long', ...DATE })} ${at(TIME)}`;
    case 'R': return relative(date, now);
    default: return `${at(DATE)} ${at(TIME)}`;
  }
}

/** "Today at 09:00", as beside an author's name. */
export function when(iso, { now, zone }) {
  const date = new Date(iso);
  const day = (d) => format(d, zone, { day: '2-digit', month: '2-digit', year: 'numeric' });
  const time = format(date, zone, TIME);
  if (day(date) === day(now)) return `Today at ${time}`;
  if (day(date) === day(new Date(now - 86400000))) return `Yesterday at ${time}`;
  return `${day(date)} ${time}`;
}

export const dayOf = (iso, { zone }) => format(new Date(iso), zone, DATE);
export const shortTime = (iso, { zone }) => format(new Date(iso), zone, TIME);

const mention = (name, kind, extra = '') => `<span class="mention ${kind}"${extra}>${esc(name)}</span>`;

const RULES = [
  [/^\\([^A-Za-z0-9\s])/, (m) => esc(m[1])],
  [/^(`+)([^]*?[^`])\1(?!`)/, (m) => `<code>${esc(m[2].trim())}</code>`],
  [/^<@!?(\d+)>/, (m, c) => mention(`@${c.people.get(m[1])?.display ?? 'unknown-user'}`, 'user')],
  [/^<@&(\d+)>/, (m, c) => mention(`@${c.roles.get(m[1])?.name.replace(/^@/, '') ?? 'unknown-role'}`, 'role')],
  [/^<#(\d+)>/, (m, c) => mention(`#${c.channels.get(m[1])?.name ?? 'unknown'}`, 'to-channel', ` data-channel="${m[1]}"`)],
  [/^<\/([^:>]+):\d+>/, (m) => mention(`/${m[1]}`, 'command')],
  [/^<t:(-?\d{1,12})(?::([tTdDfFR]))?>/, (m, c) => `<time title="${esc(stamp(+m[1], 'F', c))}">${esc(stamp(+m[1], m[2], c))}</time>`],
  [/^@(everyone|here)\b/, (m) => mention(m[0], 'role')],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], esc(m[1]))],
  [/^\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: "[^"]*")?\)/, (m, c) => link(m[2], inline(m[1], c))],
  [/^https?:\/\/[^\s<]*[^\s<.,:;"')\]]/, (m) => link(m[0], esc(m[0]))],
  [/^\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/, (m, c) => `<strong>${inline(m[1], c)}</strong>`],
  [/^__((?:\\[^]|[^\\])+?)__(?!_)/, (m, c) => `<u>${inline(m[1], c)}</u>`],
  [/^~~((?:\\[^]|[^\\])+?)~~/, (m, c) => `<s>${inline(m[1], c)}</s>`],
  [/^\|\|([^]+?)\|\|/, (m, c) => `<span class="spoiler" tabindex="0">${inline(m[1], c)}</span>`],
  [/^\*(?!\s)((?:\\[^]|\*\*|[^\\*])+?)\*(?!\*)/, (m, c) => `<em>${inline(m[1], c)}</em>`],
  [/^_((?:\\[^]|__|[^\\_])+?)_(?!\w)/, (m, c) => `<em>${inline(m[1], c)}</em>`],
  [/^[a-zA-Z0-9]*[^\\`<@[\]h*_~|]|^[^]/, (m) => esc(m[0])],
];

const link = (url, body) => `<a href="${esc(url)}" target="_blank" rel="noreferrer noopener">${body}</a>`;

function inline(text, context) {
  let html = '';
  let word = false;
  while (text) {
    for (const [pattern, render] of RULES) {
      const m = pattern.exec(text);
      // An underscore inside a word is no emphasis.
      if (!m || (word && m[0][0] === '_' && m[0].length > 1)) continue;
      html += render(m, context);
      word = /\w$/.test(m[0]);
      text = text.slice(m[0].length);
      break;
    }
  }
  return html;
}

/** A whole text: fences, headings, lists, quotes, lines. */
export function markdown(text, context) {
  return String(text ?? '').split(/(```[^]*?```)/).map((part) => {
    const fence = /^```(?:([\w+-]*)\n)?([^]*?)\n?```$/.exec(part);
    return fence ? `<pre>${esc(fence[2])}</pre>` : lines(part, context);
  }).join('');
}

function lines(text, context) {
  const out = [];
  let open = '';
  const close = () => { if (open) out.push(`</${open}>`); open = ''; };
  const enter = (tag) => { if (open !== tag) { close(); out.push(`<${tag}>`); open = tag; } };
  let plain = false;
  const all = text.replace(/^\n|\n$/g, '').split('\n');
  for (let n = 0; n < all.length; n += 1) {
    const line = all[n];
    const m = /^(#{1,3}|-#|>>>|>|[-*]|\d+\.) +(.*)$/.exec(line.replace(/^ {1,4}(?=[-*] )/, ''));
    const kind = m?.[1];
    if (kind === '>>>') {
      close();
      out.push(`<blockquote>${lines([m[2], ...all.slice(n + 1)].join('\n'), context)}</blockquote>`);
      return out.join('');
    }
    if (kind === '>') { enter('blockquote'); out.push(`<div>${inline(m[2], context)}</div>`); }
    else if (kind === '-' || kind === '*') { enter('ul'); out.push(`<li>${inline(m[2], context)}</li>`); }
    else if (kind && /\d/.test(kind)) { enter('ol'); out.push(`<li value="${parseInt(kind, 10)}">${inline(m[2], context)}</li>`); }
    else if (kind === '-#') { close(); out.push(`<small>${inline(m[2], context)}</small>`); }
    else if (kind) { close(); out.push(`<h${kind.length}>${inline(m[2], context)}</h${kind.length}>`); }
    else { close(); out.push((plain ? '<br>' : '') + inline(line, context)); plain = true; continue; }
    plain = false;
  }
  close();
  return out.join('');
}
