// The workspace's page API. Same origin only; every failure becomes an Error whose text a person can act on.

const UNREACHABLE = "The workspace does not answer. Is `make run` still running in the terminal?";

/** GET /playground/<what> as JSON. */
export async function read(what, query = {}) {
  return answer(fetchJson(`/playground/${what}?${new URLSearchParams(query)}`));
}

/** POST one human action: `{as, act, …details}`; gives `{ok, error?, errors?, view?}`. */
export async function act(as, what, details = {}) {
  return write("act", { as, act: what, ...details });
}

/** POST /playground/<what> with JSON, answered in JSON. */
export async function write(what, body) {
  const headers = { "content-type": "application/json" };
  return answer(fetchJson(`/playground/${what}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answer(pending) {
  const response = await pending;
  const body = await response.json().catch(() => null);
  if (body === null)
    throw new Error(`The workspace answered ${response.status} without a reason. See the terminal.`);
  if (!response.ok && !("ok" in body))
    throw new Error(body.error ?? `The workspace answered ${response.status}.`);
  return body;
}

function fetchJson(url, options) {
  return fetch(url, { cache: "no-store", ...options }).catch(() => {
    throw new Error(UNREACHABLE);
  });
}

/** Hear of every change: calls `onChange()` after each, `onLink(up)` when the connection comes or goes. Returns how to stop. */
export function listen(as, onChange, onLink) {
  const source = new EventSource(`/playground/stream?${new URLSearchParams({ as })}`);
  source.onmessage = () => onChange();
  source.onopen = () => {
    onLink(true);
    onChange();
  };
  source.onerror = () => onLink(false);
  return () => source.close();
}
