// Modals: the bot's forms.

import { act, toast } from '/app.js';
import { el } from '/messages.js';

/** Opens a modal that the bot sent. */
export function openModal(outcome) {
  const dialog = el('dialog.modal', { 'aria-label': outcome.title });
  const problem = el('div.problem', { role: 'alert' });
  const fields = outcome.inputs.map((i) => field(i));
  const submit = el('button.button.primary', { type: 'submit' }, 'Submit');
  const close = () => { dialog.close(); dialog.remove(); };
  const form = el('form', { noValidate: true },
    el('header', {}, el('h3', {}, outcome.title), el('button.x', { type: 'button', title: 'Close', onclick: close }, '✕')),
    el('div.fields', {}, ...fields.map((f) => f.box), problem),
    el('footer', {}, el('button.button.plain', { type: 'button', onclick: close }, 'Cancel'), submit));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const wrong = fields.filter((f) => !f.check());
    if (wrong.length) { wrong[0].input.focus(); return; }
    submit.disabled = true;
    const values = Object.fromEntries(fields.map((f) => [f.id, f.input.value]));
    const answer = await act('submit', { modal: outcome.modal, values }, { quiet: true });
    submit.disabled = false;
    if (answer?.kind === 'no_answer') { problem.textContent = 'Something went wrong: the bot did not answer in 3 seconds. Try again.'; return; }
    if (answer?.error) { problem.textContent = answer.error; return; }
    close();
    if (!answer) toast('The answer could not be sent.');
  };
  dialog.addEventListener('close', () => dialog.remove());
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.input.focus();
}

function field(i) {
  const required = i.required !== false;
  const most = i.max_length ?? 4000;
  const tag = i.style === 2 ? 'textarea' : 'input';
  const input = el(tag, { value: i.value ?? '', placeholder: i.placeholder ?? '', maxLength: most });
  if (tag === 'textarea') input.rows = 4;
  const error = el('span.error', { role: 'alert' });
  const count = el('span.count');
  const tell = () => { count.textContent = i.max_length ? `${input.value.length}/${most}` : ''; error.textContent = ''; };
  input.oninput = tell;
  tell();
  const check = () => {
    const length = [...input.value].length;
    if (required && !input.value.trim()) error.textContent = ' – This field is required';
    else if (length && i.min_length && length < i.min_length) error.textContent = ` – At least ${i.min_length} characters`;
    else error.textContent = '';
    return !error.textContent;
  };
  const label = el('label', {}, el('span.name', {}, i.label, required ? el('span.star', {}, ' *') : '', error), input, count);
  return { id: i.custom_id, input, check, box: label };
}
