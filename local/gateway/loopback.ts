/**
 * Whether a Host header names this machine. A page elsewhere whose name is made to resolve to 127.0.0.1 says its own name there: stubs give it nothing.
 */
export const namesLoopback = (host = ""): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
