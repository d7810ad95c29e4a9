/** The back office's side of the API. The token lives in this module's memory and nowhere else. */

let token = "";

/** A problem document (RFC 9457), or no answer at all. */
export class Problem extends Error {
  /** @param {{status: number, code: string, detail: string, errors?: {pointer: string, message: string}[]}} said */
  constructor(said) {
    super(said.errors?.length ? said.errors.map((each) => `${each.pointer} ${each.message}`).join("; ") : said.detail);
    this.status = said.status;
    this.code = said.code;
  }
}

/** @param {string} given  a bearer token; empty to forget the one before */
export function signOn(given) {
  token = given.trim();
}

/**
 * Ask, and return the answer's JSON. Raises {@link Problem}.
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, params?: Record<string, string>, headers?: Record<string, string>, signal?: AbortSignal}} [more]
 * @returns {Promise<any>}
 */
export async function call(method, path, { body, params = {}, headers = {}, signal } = {}) {
  const query = new URLSearchParams(params).toString();
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const kind = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await answered(query ? `${path}?${query}` : path, {
    method,
    headers: { Accept: "application/json", ...kind, ...headers },
    signal,
    ...sent,
  });
  return response.headers.get("Content-Type")?.includes("json") ? response.json() : {};
}

/**
 * Read or write a text, and return it with the tag of what is there now. Raises {@link Problem}.
 * @param {string} method
 * @param {string} path
 * @param {{content?: string, headers?: Record<string, string>}} [more]
 * @returns {Promise<{content: string, tag: string}>}
 */
export async function text(method, path, { content, headers = {} } = {}) {
  const kind = content === undefined ? {} : { "Content-Type": "application/yaml" };
  const response = await answered(path, { method, headers: { ...kind, ...headers }, body: content });
  return { content: await response.text(), tag: response.headers.get("ETag") ?? "" };
}

/**
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
async function answered(path, init) {
  let response;
  try {
    response = await fetch(path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new Problem({ status: 0, code: "unreachable", detail: "The service does not answer." });
  }
  if (response.ok) return response;
  const isJson = response.headers.get("Content-Type")?.includes("json");
  const said = isJson ? await response.json() : {};
  throw new Problem({ status: response.status, code: "unknown", detail: `HTTP ${response.status}`, ...said });
}

/**
 * Return the paths of one catalogue's back office.
 * @param {string} catalog
 */
export function pathsOf(catalog) {
  const root = `/v1/${encodeURIComponent(catalog)}`;
  const one = (/** @type {string} */ kind) => (/** @type {string} */ id) =>
    `${root}/${kind}/${id.split("/").map(encodeURIComponent).join("/")}`;
  return { root, search: `${root}/search`, rules: `${root}/rules`, rule: one("rules"), experiments: `${root}/experiments`, experiment: one("experiments"), synonyms: `${root}/synonyms`, synonym: one("synonyms") };
}

/**
 * Return all records of a list, page by page.
 * @param {string} path
 * @param {string} name
 * @param {Record<string, string>} [params]
 * @returns {Promise<any[]>}
 */
export async function all(path, name, params = {}) {
  const found = [];
  let after = "";
  for (;;) {
    const page = await call("GET", path, { params: { ...params, limit: "1000", ...(after ? { after } : {}) } });
    found.push(...page[name]);
    if (page.next === null) return found;
    after = page.next;
  }
}
