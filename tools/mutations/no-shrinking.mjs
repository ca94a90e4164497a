import fc from 'fast-check';

// Only whether a property fails matters: the shortest example would take minutes to find.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
