/**
 * Makes a function of one object that works once for each object. What it gives is shared: it must not be changed.
 * Hosts of a run mostly have the same files and arguments, so most of what they need was made for another one.
 */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

/** The same for a function of a text; at most `kept` results are held, then all are let go. */
export function oncePerText<V>(make: (text: string) => V, kept = 500): (text: string) => V {
  const made = new Map<string, V>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const value = make(text);
    if (made.size >= kept) made.clear();
    made.set(text, value);
    return value;
  };
}
