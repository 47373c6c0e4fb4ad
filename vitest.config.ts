import { defineConfig } from "vitest/config";

const minute = 60_000;

/** The tiers of the tests; `./backline test` runs one after the other. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          // Some start the command line or the compiler, which takes its time on a busy machine.
          testTimeout: minute,
          hookTimeout: minute,
        },
      },
      {
        test: {
          name: "golden",
          include: ["tests/golden/**/*.test.ts"],
          testTimeout: 2 * minute,
          hookTimeout: 2 * minute,
        },
      },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          testTimeout: 2 * minute,
          hookTimeout: 5 * minute,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          // They share one Docker and its ports.
          fileParallelism: false,
          testTimeout: 20 * minute,
          hookTimeout: 20 * minute,
        },
      },
    ],
  },
});
