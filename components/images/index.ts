export { type Bundle, type BundleSource, bundle } from "./bundle";
export { type CatalogueImage, catalogue, type ImageName } from "./catalogue";
export { Images, type ImagesArgs } from "./component";
export { type ImageSource, imageReference } from "./plan";
