/** The part of the package that is used here; it comes without types. */
declare module '@20minutes/s3rver' {
  import type { AddressInfo } from 'node:net';

  export interface S3Context {
    readonly path: string;
    readonly query: Readonly<Record<string, unknown>>;
    get(header: string): string;
    status: number;
    readonly state: { vhost: boolean };
    mountPath: string | undefined;
  }

  export default class S3rver {
    constructor(options: {
      readonly address: string;
      readonly port: number;
      readonly silent: boolean;
      readonly directory: string;
      readonly vhostBuckets: boolean;
      readonly configureBuckets: readonly { readonly name: string }[];
    });
    /** Of Koa, on which it is built; the router is the last. */
    readonly middleware: ((context: S3Context, next: () => Promise<void>) => Promise<void>)[];
    readonly httpServer: import('node:http').Server;
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
  }
}
