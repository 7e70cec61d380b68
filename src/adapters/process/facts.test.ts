import { createServer } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { machineFacts } from './facts.ts';
import { chooseMasterPort } from './master-port.ts';
import { createProcessRunner } from './runner.ts';

describe('what the process runner says of its machine', () => {
  test('a little less than it has', () => {
    const { name, allocatable, labels } = machineFacts({ name: 'here', memoryLimit: 'polled' });
    expect(name).toBe('here');
    expect(allocatable.cpu).toBe(availableParallelism() * 1000 - 100);
    expect(allocatable.memory).toBeLessThan(totalmem());
    expect(Object.keys(allocatable)).toEqual(['cpu', 'memory']);
    expect(labels).toMatchObject({
      'kubernetes.io/os': 'linux',
      'kubernetes.io/hostname': expect.any(String),
    });
  });

  test('what it was told to say instead', () => {
    const { allocatable } = machineFacts({
      name: 'here',
      memoryLimit: 'polled',
      capacity: { cpu: 500, 'nvidia.com/gpu': 2 },
    });
    expect(allocatable).toMatchObject({ cpu: 500, 'nvidia.com/gpu': 2, memory: expect.any(Number) });
  });

  test.runIf(process.getuid?.() !== 0)('only root can give its members another user', () => {
    const options = {
      root: '/nonexistent',
      nodeName: 'here',
      nodeBinary: process.execPath,
      runAs: { uid: 1, gid: 1 },
    };
    expect(() => createProcessRunner(options)).toThrow('runAs needs root');
  });
});

describe('the port of a gang', () => {
  test('lies below those of outgoing connections, and is neither taken nor in use', async () => {
    const port = await chooseMasterPort(new Set());
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    const server = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void server.close());
    const others = await Promise.all(Array.from({ length: 20 }, () => chooseMasterPort(new Set([port + 1]))));
    expect(others).not.toContain(port);
    expect(others).not.toContain(port + 1);
  });
});
