export { type Bundle, type BundleSource, bundle } from "./bundle";
export { bundleSite, type SiteSource } from "./bundle-site";
export { type CatalogueImage, catalogue, type ImageName } from "./catalogue";
export { Images, type ImagesArgs, pullArgs, type ServiceImage } from "./component";
export { type BundledWay, bundledReference, type ImageSource, imageReference, registryHost } from "./plan";
