export { PrivateNetworks } from "./component";
export { networkNames, planNetworks } from "./plan";
