USE [master]
GO
/****** Object:  Database [Depot]    Script Date: 01.05.2024 12:00:00 ******/
CREATE DATABASE [Depot]
GO
ALTER DATABASE [Depot] SET RECOVERY SIMPLE
GO
USE [Depot]
GO
SET ANSI_NULLS ON
GO
SET QUOTED_IDENTIFIER ON
GO
CREATE TYPE [dbo].[Name] FROM [nvarchar](50) NOT NULL
GO
CREATE TABLE [dbo].[Items](
	[Id] [int] IDENTITY(1,1) NOT NULL,
	[Sku] [nvarchar](20) COLLATE Latin1_General_CI_AS NOT NULL,
	[Price] [money] NULL,
	[Quantity] [int] NOT NULL,
	[Total]  AS ([Price]*[Quantity]) PERSISTED,
	[Added] [datetime2](7) NULL,
	[Shelf] [hierarchyid] NULL,
 CONSTRAINT [PK_Items] PRIMARY KEY CLUSTERED 
(
	[Id] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY],
 CONSTRAINT [UQ_Items] UNIQUE NONCLUSTERED 
(
	[Sku] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
CREATE TABLE [dbo].[Moves](
	[Item] [int] NOT NULL,
	[No] [smallint] NOT NULL,
	[By] [sysname] NOT NULL,
	[Guid] [uniqueidentifier] ROWGUIDCOL  NOT NULL CONSTRAINT [DF_Moves_Guid]  DEFAULT (newid())
)
GO
ALTER TABLE [dbo].[Moves] ADD  CONSTRAINT [PK_Moves] PRIMARY KEY CLUSTERED 
(
	[Item] ASC,
	[No] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY]
GO
ALTER TABLE [dbo].[Items] ADD  CONSTRAINT [DF_Items_Added]  DEFAULT (getdate()) FOR [Added]
GO
ALTER TABLE [dbo].[Moves]  WITH CHECK ADD  CONSTRAINT [FK_Moves_Items] FOREIGN KEY([Item])
REFERENCES [dbo].[Items] ([Id])
GO
ALTER TABLE [dbo].[Moves] CHECK CONSTRAINT [FK_Moves_Items]
GO
CREATE PROCEDURE [dbo].[Count] AS
BEGIN
	CREATE TABLE #t (x int);
	SELECT count(*) FROM dbo.Items;
END
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'it''s the items; all of them', @level0name=N'dbo'
GO
