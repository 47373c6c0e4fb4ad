/** Imports go one way: shared, contract <- components <- stacks <- scripts; contract <- runtime <- services. */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "shared-stands-alone",
      severity: "error",
      from: { path: "^components/shared/" },
      to: { path: "^(components/(?!shared/)|stacks|scripts|services|toolchain|tests|bench)" },
    },
    {
      name: "components-below-stacks",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^(stacks|scripts|toolchain|tests|bench|services/(?!contract/))" },
    },
    {
      name: "contract-stands-alone",
      severity: "error",
      from: { path: "^services/contract/" },
      to: { path: "^(components|stacks|scripts|toolchain|tests|bench|services/(?!contract/))" },
    },
    {
      name: "runtime-below-services",
      severity: "error",
      from: { path: "^services/runtime/" },
      to: { path: "^services/(?!contract/|runtime/)" },
    },
    {
      name: "services-apart",
      comment: "A process does not import another process.",
      severity: "error",
      from: { path: "^services/(api|ws|worker|migrations|operations)/" },
      to: { path: "^services/(api|ws|worker|migrations|operations)/", pathNot: "^services/$1/" },
    },
    {
      name: "services-know-no-infrastructure",
      severity: "error",
      from: { path: "^services/" },
      to: { path: "^(components|stacks|scripts|toolchain|tests|bench)|node_modules/@(pulumi|pulumiverse)/" },
    },
    {
      name: "front-end-imports-types-alone",
      comment: "It runs in a browser, and the contract's schemas would be most of what is loaded.",
      severity: "error",
      from: { path: "^services/web/src/" },
      to: {
        path: "^services/(?!web/)",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "front-end-knows-the-contract-alone",
      severity: "error",
      from: { path: "^services/web/" },
      to: { path: "^services/(?!web/|contract/)" },
    },
    {
      name: "live-without-framework",
      severity: "error",
      from: { path: "^services/web/src/(live|api)/" },
      to: { path: "^services/web/src/ui/|node_modules/react" },
    },
    {
      name: "nothing-imports-the-front-end",
      severity: "error",
      from: { pathNot: "^(services/web|tests)/" },
      to: { path: "^services/web/" },
    },
    {
      name: "stacks-below-scripts",
      severity: "error",
      from: { path: "^stacks/" },
      to: { path: "^(scripts|toolchain|tests|bench|services/(?!contract/))" },
    },
    {
      name: "only-load-reads-configuration",
      comment: "Components get plain arguments; stacks/settings/load.ts alone reads Pulumi's configuration.",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^stacks/settings" },
    },
    {
      name: "vendors-by-resource",
      comment:
        "An ES module that imports the index of an SDK loads all of its hundreds of resources, at every run.",
      severity: "error",
      from: { path: "^(stacks|components)/" },
      to: {
        path: "node_modules/(@pulumi/cloudflare|@pulumiverse/vercel)/index",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "toolchain-for-scripts-alone",
      severity: "error",
      from: { pathNot: "^(scripts|toolchain|tests|bench)/" },
      to: { path: "^toolchain/" },
    },
    {
      name: "toolchain-below-scripts",
      severity: "error",
      from: { path: "^toolchain/" },
      to: { path: "^(stacks|scripts|services|tests|bench|components/(?!shared/|images/))" },
    },
    {
      name: "nothing-imports-tests",
      comment: "Measurements run on the same throw-away stores as tests.",
      severity: "error",
      from: { pathNot: "^(tests|bench)/" },
      to: { path: "^tests/" },
    },
    {
      name: "bench-imports-only-support-of-tests",
      severity: "error",
      from: { path: "^bench/" },
      to: { path: "^tests/(?!support/)" },
    },
    {
      name: "no-development-packages",
      severity: "error",
      from: { path: "^(stacks|components|services|scripts|toolchain)/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["type-only"],
        pathNot: "node_modules/@types/",
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
