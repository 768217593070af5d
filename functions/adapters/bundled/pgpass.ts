/**
 * What bundles have in place of `pgpass`, which looks for a password in a file of a home folder: nothing. The client asks it where a URL has no password, and fails as it
 * does where the package can't be had.
 */
export {};
