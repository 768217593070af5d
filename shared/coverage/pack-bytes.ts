/** The longest JSON text of a pack, in bytes. */
export const maxPackBytes = 262_144;
