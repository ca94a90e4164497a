import fc from 'fast-check';

// Whether a property fails is all that is asked: the shortest example would take minutes to find.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
