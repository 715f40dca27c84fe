import { IpAssignments } from './ip-assignments.js';
import { NetworkPolicies } from './network-policies.js';
import { Secrets } from './secrets.js';

/** What belongs to apps besides machines and volumes, and ends with them. */
export class AppResources {
  readonly ips: IpAssignments;
  readonly secrets: Secrets;
  readonly policies = new NetworkPolicies();

  constructor(nowMs: () => number) {
    this.ips = new IpAssignments(nowMs);
    this.secrets = new Secrets(nowMs);
  }

  forget(app: string): void {
    this.ips.forget(app);
    this.secrets.forget(app);
    this.policies.forget(app);
  }
}
