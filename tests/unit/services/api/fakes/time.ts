/** When everything in memory was made. */
export const now = "2030-01-02T03:04:05.678Z";
