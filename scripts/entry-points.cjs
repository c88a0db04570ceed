'use strict';

// What this package's own name means inside the repository. tsconfig.json says the same in `paths`.
module.exports = {
  'rxjs-genstage': 'src/index.ts',
  'rxjs-genstage/testing': 'src/testing/index.ts',
  'rxjs-genstage/engine': 'src/engine/index.ts',
};
