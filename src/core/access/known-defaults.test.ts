import { expect, test } from 'vitest';
import { isKnownDefault } from './known-defaults.ts';

test.each([
  'admin',
  'ADMIN',
  'admin/admin',
  'minioadmin',
  'changeme',
  'ChangeMe123!',
  'change-me-change-me-change-me-change-me',
  'supersecretsupersecretsupersecret',
  'your-secret-key-your-secret-key-1234',
  'password',
  'Passw0rd!',
  'postgres',
  'postgres123',
  'postgres2024',
  '12345678',
  '01234567890123456789',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'secret_jwt_secret_key_admin_password',
])('S14: %s is known to everybody', (secret) => {
  expect(isKnownDefault(secret)).toBe(true);
});

test.each([
  '7PzqXw0cVb2mKfT4hLd8sRy6nJg1uEo3',
  '5f2d9a8e7c1b40638d5e2f7a9c0b1d3e',
  'correct horse battery staple and more',
  '836495017263548190',
  'hunter2-of-the-hills',
  'x7Kq29aL',
])('%s is not', (secret) => {
  expect(isKnownDefault(secret)).toBe(false);
});
