declare module 'bcryptjs' {
  export const compare: (password: string, hash: string) => Promise<boolean>;
}
