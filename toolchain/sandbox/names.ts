/** Label of everything that belongs to a sandbox; its value is the sandbox's name. */
export const sandboxLabel = "backline.sandbox";

/** Label of a sandbox's container: the checkout that keeps its key. */
export const checkoutLabel = "backline.sandbox-checkout";

/** Label of the image that sandboxes are made from; not `sandboxLabel`, which every container would inherit. */
export const imageLabel = "backline.sandbox-image";

/** Whether a text can name a sandbox: it becomes a host name and part of names of Docker's. */
export const isSandboxName = (text: string): boolean => /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/.test(text);

/** What a sandbox's container, network and volume are called. */
export const resourceName = (sandbox: string): string => `backline-sandbox-${sandbox}`;
