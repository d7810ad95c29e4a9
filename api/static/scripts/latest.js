/** Only the newest answer counts: what makes search-as-you-type calm. */

/**
 * Return a runner for one kind of question. A new run aborts the one before it, and an answer that arrives
 * for an outdated question is dropped: its run resolves to null.
 * @returns {<T>(task: (signal: AbortSignal) => Promise<T>) => Promise<T | null>}
 */
export function latestOnly() {
  /** @type {AbortController | null} */
  let current = null;
  return async (task) => {
    current?.abort();
    const own = new AbortController();
    current = own;
    try {
      const answer = await task(own.signal);
      return own.signal.aborted ? null : answer;
    } catch (error) {
      if (own.signal.aborted) return null;
      throw error;
    }
  };
}

/**
 * Delay `action` until no call came for `milliseconds`; `cancel` forgets a waiting call, `flush` runs it now.
 * @param {number} milliseconds
 * @param {() => void} action
 */
export function debounced(milliseconds, action) {
  /** @type {number | null} */
  let timer = null;
  const cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const run = () => {
    timer = null;
    action();
  };
  const call = () => {
    cancel();
    timer = setTimeout(run, milliseconds);
  };
  const flush = () => {
    if (timer === null) return;
    cancel();
    action();
  };
  return { call, cancel, flush };
}
