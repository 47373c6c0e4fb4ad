/** A command failed and has already printed all that there is to say. Exit code 1. */
export class Reported extends Error {}
