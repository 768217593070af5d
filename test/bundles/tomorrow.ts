/* Loaded before a function: to it, it is noon tomorrow (UTC), and time goes on from there. */
const dayMs = 86_400_000;
const realNow = Date.now.bind(Date);
const startedMs = realNow();
const noonMs = (Math.floor(startedMs / dayMs) + 1.5) * dayMs;
const now = (): number => noonMs + realNow() - startedMs;

globalThis.Date = new Proxy(Date, {
  construct: (target, values) =>
    values.length === 0 ? new target(now()) : Reflect.construct(target, values),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
