/** What bundles have in place of `bowser`, by which the SDK names the browser it runs in: nothing. */
export {};
