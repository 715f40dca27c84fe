/** The least that `valet serve` needs. */
export const leastEnv = {
  DATABASE_URL: 'postgres://valet:hunter2@db.example.com:5432/valet',
  CONTROL_PLANE_SECRET: 'operator-secret-0001',
  VALET_FLY_TOKEN: 'FlyV1 fm2_token,fm2_other',
  VALET_FLY_APP: 'valet-machines',
  VALET_FLY_IMAGE: 'registry.fly.io/valet-machines:v1',
  R2_ENDPOINT: 'https://account.r2.cloudflarestorage.com',
  R2_ACCESS_KEY_ID: 'r2-access-key',
  R2_SECRET_ACCESS_KEY: 'r2-secret-key',
};
