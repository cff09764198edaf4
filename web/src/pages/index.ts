import '../console/console.ts';
