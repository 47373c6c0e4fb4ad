// Registers nothing, and loads no more of the SDK than the engine's runner does by itself.
export {};
