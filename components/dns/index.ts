export { Dns } from "./component";
export { OriginCertificate } from "./origin-certificate";
export { type DnsPlan, planDns } from "./plan";
