import { defineConfig } from "vite";

/**
 * One build for every environment: what differs between them is in `/config.json`, which is served beside it. Names of
 * assets carry a hash of their content, so that browsers may keep them for good.
 */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: "baseline-widely-available",
    // Inlined files would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
