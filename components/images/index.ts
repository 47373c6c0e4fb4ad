export { type Bundle, type BundleSource, bundle } from "./bundle";
export { type CatalogueImage, catalogue, type ImageName } from "./catalogue";
export { Images, type ImagesArgs, pullArgs } from "./component";
export { type BundledWay, bundledReference, type ImageSource, imageReference, registryHost } from "./plan";
