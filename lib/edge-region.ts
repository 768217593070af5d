/** Where CloudFront's firewall, certificate and logs have to lie. */
export const edgeRegion = "us-east-1";
