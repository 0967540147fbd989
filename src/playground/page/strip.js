// The strip above Discord's own part: whom one plays, the clock, breaking things, and what to try.

import { become, call, context, go, refresh, state, toast } from '/app.js';
import { el } from '/messages.js';
import { insertCommand } from '/composer.js';

const $ = (id) => document.getElementById(id);
let ready = false;
let moving = false;
let done = new Set(JSON.parse(sessionStorage.getItem('steps') ?? '[]'));

/** Brings the strip up to date. */
export function strip(view) {
  if (!ready) wire();
  ready = true;
  const people = view.people.filter((p) => !p.bot && (p.member || p.id === view.me));
  const role = (p) => [...p.roles, p.admin && 'admin'].filter(Boolean).join(', ') || 'no role';
  const key = JSON.stringify([people, view.me]);
  if ($('persona').dataset.key !== key) {
    $('persona').dataset.key = key;
    $('persona').replaceChildren(...people.map((p) => el('option', { value: p.name, selected: p.id === view.me }, `${p.display} (${role(p)})`)));
  }
  const format = (options) => new Intl.DateTimeFormat('en-GB', { timeZone: view.zone, ...options }).format(new Date(view.now));
  $('clock').replaceChildren(
    el('b', {}, format({ weekday: 'short', hour: '2-digit', minute: '2-digit' }).replace(',', '')),
    ` ${format({ day: 'numeric', month: 'short', year: 'numeric' })} · ${view.zone.replace('_', ' ')}`);
  $('timers').hidden = !view.movable || Boolean(view.notice);
  steps(view);
  if (!$('faults').hidden) faults(view);
  $('faults-open').classList.toggle('on', broken(view));
}

const broken = (view) => view.faults.outage || view.faults.rules.length > 0 || Object.entries(view.faults.chances).some(([k, v]) => k !== 'slow_ms' && v > 0);

function wire() {
  $('persona').onchange = (event) => become(event.target.value);
  $('timers').onclick = async (event) => {
    const { hours, days, monday } = event.target.dataset;
    if (moving || !(hours || days || monday)) return;
    moving = true;
    $('busy').hidden = false;
    $('timers').querySelectorAll('button').forEach((b) => { b.disabled = true; });
    const body = hours ? { hours: Number(hours) } : days ? { days: Number(days) } : { next_monday: true };
    const answer = await call('time', body);
    if (answer.error) toast(answer.error);
    moving = false;
    $('busy').hidden = true;
    $('timers').querySelectorAll('button').forEach((b) => { b.disabled = false; });
    refresh();
  };
  const fold = (button, panel, fill) => {
    $(button).onclick = () => {
      $(panel).hidden = !$(panel).hidden;
      $(button).setAttribute('aria-expanded', String(!$(panel).hidden));
      if (!$(panel).hidden) fill(state.view);
    };
  };
  fold('faults-open', 'faults', faults);
  fold('steps-open', 'steps', () => {});
  $('steps').hidden = state.view.steps.length === 0 || localStorage.getItem('steps-closed') === 'yes' || window.innerWidth < 1000;
  $('steps-open').hidden = state.view.steps.length === 0;
  $('steps-open').addEventListener('click', () => localStorage.setItem('steps-closed', $('steps').hidden ? 'yes' : 'no'));
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') $('faults').hidden = true; });
  document.addEventListener('click', (event) => {
    if (!$('faults').hidden && !$('faults').contains(event.target) && event.target !== $('faults-open')) $('faults').hidden = true;
  }, true);
}

const NEXT = 'The bot’s next request to Discord';
const FAULTS = [
  ['Gateway', [
    ['Drop the connection', { do: 'drop_gateway' }],
    ['Ask to reconnect', { do: 'reconnect' }],
    ['Invalidate the session', { do: 'invalid_session' }],
    ['Send the next click twice', { do: 'duplicate' }],
    ['Outage for 20 seconds', { do: 'outage', seconds: 20 }],
  ]],
  [NEXT, [
    ['Rate limited for 3 s', { do: 'rule', fault: 'rate_limited', seconds: 3 }],
    ['All rate limited for 3 s', { do: 'rule', fault: 'rate_limited', seconds: 3, global: true }],
    ['Answers 500', { do: 'rule', fault: 'status', status: 500 }],
    ['Takes effect, answer lost', { do: 'rule', fault: 'lost_answer' }],
    ['Takes 2 s', { do: 'rule', fault: 'slow', ms: 2000 }],
  ]],
];

function faults(view) {
  const send = (body) => async () => {
    const answer = await call('faults', body);
    if (answer.error) toast(answer.error);
  };
  const groups = FAULTS.map(([name, list]) => el('section', {}, el('h4', {}, name), ...list.map(([label, body]) => el('button', { onclick: send(body) }, label))));
  const me = context.people.get(view.me);
  groups.push(el('section', {}, el('h4', {}, `Direct messages to ${me?.display ?? 'you'}`),
    el('button', { onclick: send({ do: 'dm', user: view.me, policy: 'refuse_send' }) }, 'Refuse'),
    el('button', { onclick: send({ do: 'dm', user: view.me, policy: 'open' }) }, 'Accept')));
  const chance = view.faults.chances.lost_answer * 100;
  const range = el('input', { type: 'range', min: 0, max: 30, value: chance, 'aria-label': 'Chance of each failure' });
  range.onchange = () => {
    const p = Number(range.value) / 100;
    call('faults', { do: 'chances', seed: 1, chances: { rate_limited: p, server_error: p, lost_answer: p, duplicate: p, gateway_drop: p / 3 } });
  };
  groups.push(el('section', {}, el('h4', {}, 'By chance'), el('label', {}, range, ` ${Math.round(chance)} % of each kind`)));
  const waiting = view.faults.rules.length ? ` · ${view.faults.rules.length} waiting` : '';
  groups.push(el('footer', {}, el('span.muted', {}, `${view.faults.injected} so far${waiting}${view.faults.outage ? ' · outage now' : ''}`), el('button', { onclick: send({ do: 'clear' }) }, 'Stop all')));
  $('faults').replaceChildren(...groups);
}

function steps(view) {
  const key = JSON.stringify([view.steps, [...done]]);
  if ($('steps').dataset.key === key) return;
  $('steps').dataset.key = key;
  const tick = (n) => { done.add(n); sessionStorage.setItem('steps', JSON.stringify([...done])); };
  const item = (s, n) => {
    const box = el('input', { type: 'checkbox', checked: done.has(n), 'aria-label': 'Done' });
    box.onchange = () => { if (box.checked) done.add(n); else done.delete(n); sessionStorage.setItem('steps', JSON.stringify([...done])); steps(state.view); };
    const there = async () => {
      if (s.as && s.as !== state.as) become(s.as);
      if (s.channel) go(s.channel);
      await refresh();
      tick(n);
    };
    const use = s.command && el('button.command', {
      title: 'Put it into the message box',
      onclick: async () => {
        await there();
        insertCommand(s.command);
        refresh();
      },
    }, s.command);
    const name = view.people.find((p) => p.name === s.as)?.display ?? s.as;
    const where = [name && `as ${name}`, s.channel && `in #${s.channel}`].filter(Boolean).join(' ');
    const visit = !s.command && where && el('button.command', { title: 'Go there', onclick: async () => { await there(); steps(state.view); } }, `go there ${where}`);
    return el(`li${done.has(n) ? '.done' : ''}`, {}, box, el('div', {}, el('p', {}, s.text), s.command && where && el('small.muted', {}, where), use, visit));
  };
  const parts = [...new Set(view.steps.map((s) => s.part))];
  const items = view.steps.map(item);
  const list = (part) => el('ol', {}, ...items.filter((_, n) => view.steps[n].part === part));
  $('steps').replaceChildren(el('h3', {}, 'Try this'), ...parts.flatMap((part) => [part && el('h4', {}, part), list(part)]).filter(Boolean));
}
